using System.Text;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>A program that is talked to: what it does holds nothing up, and what it says is bounded.</summary>
public sealed class LineProgramSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_is_said_to_it_arrives_and_what_it_says_ends_with_it()
    {
        await using var program = await StartAsync(
            "process.stdin.once('data', (said) => process.stdout.write(said + said, process.exit));"
        );
        await program.Input.WriteAsync("it"u8.ToArray(), TestContext.Current.CancellationToken);
        await program.Input.WriteAsync("\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await program.Input.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("it\nit\n", await AllAsync(program));
    }

    [Fact]
    public async Task A_message_larger_than_the_pipe_does_not_hold_up_the_end()
    {
        var program = await StartAsync("setInterval(() => {}, 1e9);");
        await program.Input.WriteAsync(new byte[1 << 20], TestContext.Current.CancellationToken);
        var sending = program.Input.FlushAsync(TestContext.Current.CancellationToken);
        Assert.False(sending.IsCompleted);
        await program.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => sending);
    }

    [Fact]
    public async Task A_line_of_more_than_4_MiB_ends_it()
    {
        await using var program = await StartAsync("const write = () => process.stdout.write('x'.repeat(1 << 16), write); write();");
        Assert.InRange((await AllAsync(program)).Length, 1 << 20, 5 << 20);
    }

    [Fact]
    public async Task Many_lines_do_not_end_it_and_wait_while_nobody_takes_them()
    {
        var program = await StartAsync("const write = () => process.stdout.write('x'.repeat(1 << 16) + '\\n', write); write();");
        var buffer = new byte[1 << 16];
        for (var left = 8 << 20; left > 0; )
        {
            var count = await program.Output.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, count);
            left -= count;
        }
        await program.DisposeAsync();
        // What it had said before it was ended, and no more: it waited.
        Assert.InRange((await AllAsync(program)).Length, 0, 1 << 20);
    }

    private Task<LineProgram> StartAsync(string script)
    {
        var spec = new CommandSpec(["node", "-e", script], folder.Path, Timeout.InfiniteTimeSpan);
        return LineProgram.StartAsync(Sandbox.WithoutAny(folder.Path, "not needed here"), spec, TimeProvider.System);
    }

    private static async Task<string> AllAsync(LineProgram program)
    {
        using var reader = new StreamReader(program.Output, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
