using System.Text.Json;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Tools;

/// <summary>Servers that hang: nobody waits for them longer than promised, and nothing of them stays.</summary>
public sealed class ExtraClientSpecs : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly TemporaryFolder folder = new();
    private readonly FakeTime time = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("process.stdin.resume();")]
    [InlineData("setInterval(() => {}, 1e9);")]
    [InlineData("setInterval(() => console.log('x'.repeat(1000)), 1);")]
    public async Task A_server_that_hangs_is_given_up_after_ten_seconds_and_not_asked_again(string script)
    {
        var program = await LineProgram.StartAsync(Sandbox.WithoutAny(folder.Path, "not needed here"), new(["node", "-e", script], folder.Path, Timeout.InfiniteTimeSpan), time);
        await using (var client = new ExtraClient(program, time))
        {
            var greeting = client.GreetAsync(TestContext.Current.CancellationToken);
            await time.SetAsync(Patience);
            Assert.False(greeting.IsCompleted);
            time.Advance(Patience);
            var fault = await Assert.ThrowsAsync<ExtraServerException>(() => greeting);
            Assert.Equal("it did not answer within 10 seconds, and is not asked again", fault.Message);
            Assert.Equal(fault.Message, (await Assert.ThrowsAsync<ExtraServerException>(() => client.CallAsync("look", JsonElement.Parse("{}"), TestContext.Current.CancellationToken))).Message);
        }
        Assert.False(program.Lines.TryPeek(out _) && !program.Lines.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_is_cancelled_at_the_server_too()
    {
        // Answers the greeting and the list, never a call, and keeps what it is told.
        const string Server = """
            require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
              const { id, method } = JSON.parse(line);
              require('fs').appendFileSync('told', `${line}\n`);
              if (method === 'notifications/cancelled') process.exit(0);
              if (id && method !== 'tools/call') console.log(JSON.stringify({ jsonrpc: '2.0', id, result: { tools: [] } }));
            });
            """;
        var spec = new CommandSpec(["node", "-e", Server], folder.Path, Timeout.InfiniteTimeSpan);
        var program = await LineProgram.StartAsync(Sandbox.WithoutAny(folder.Path, "not needed here"), spec, TimeProvider.System);
        await using var client = new ExtraClient(program, TimeProvider.System);
        await client.GreetAsync(TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource();

        var calling = client.CallAsync("look", JsonElement.Parse("{}"), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);

        // It ends when it hears so.
        await program.Lines.Completion.WaitAsync(TestContext.Current.CancellationToken);
        const string Notice = """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3}}""";
        Assert.Contains(Notice, folder.Read("told"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_larger_than_the_pipe_does_not_hold_up_the_end()
    {
        var program = await LineProgram.StartAsync(Sandbox.WithoutAny(folder.Path, "not needed here"), new(["node", "-e", "setInterval(() => {}, 1e9);"], folder.Path, Timeout.InfiniteTimeSpan), time);
        using var cancel = new CancellationTokenSource();
        var sending = program.SendAsync(new string('x', 1 << 20), cancel.Token);
        Assert.False(sending.IsCompleted);
        await program.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => sending);
    }
}
