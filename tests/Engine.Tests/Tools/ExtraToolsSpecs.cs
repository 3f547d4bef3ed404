using System.Text;
using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy.Rules;
using CodexSidecar.Engine.Tests.Processes;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Tools;

/// <summary>How servers of the user's tools begin.</summary>
public sealed class ExtraToolsSpecs : IDisposable
{
    private readonly ToolFolder folder = new() { Level = Level.ExtendedShell };

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, 1, "docs: 1 tools")]
    [InlineData(2, 3, "docs: 1 tools")]
    [InlineData(9, 3, "The server docs is left out: it said nothing")]
    public async Task A_server_whose_sandbox_could_not_be_set_up_is_started_again(int failures, int starts, string notice)
    {
        Needs.Bubblewrap();
        var sandbox = await FailingStarts.MakeAsync(folder.Tree.Path, failures, TestContext.Current.CancellationToken);
        await using var tools = new ExtraTools(
            [new ExtraServer("docs", ["sh", "-c", "echo look"], new Dictionary<string, string>())],
            sandbox.Sandbox,
            (_, output, _) => new FirstLine(output)
        );

        await tools.StartAsync(folder.Context, TestContext.Current.CancellationToken);

        Assert.Equal(starts, sandbox.Starts);
        Assert.Equal([notice], folder.Events.OfType<NoticeRaised>().Select(told => told.Description));
    }

    /// <summary>A client that takes what the program says first for the name of its one tool.</summary>
    private sealed class FirstLine(Stream output) : IExtraClient
    {
        public async Task<IReadOnlyList<ExtraToolDescription>> GreetAsync(CancellationToken cancellationToken)
        {
            using var reader = new StreamReader(output, Encoding.UTF8, leaveOpen: true);
            var name = await reader.ReadLineAsync(cancellationToken) ?? throw new ExtraServerException("it said nothing");
            return [new(name, "Looks.", JsonElement.Parse("""{"type":"object"}"""))];
        }

        public Task<(bool Ok, string Text)> CallAsync(string tool, JsonElement input, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
