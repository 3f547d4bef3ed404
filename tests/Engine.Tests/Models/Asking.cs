using System.Text;
using CodexSidecar.Engine.Models;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>What a caller hears while a model works.</summary>
internal sealed class Heard : IModelListener
{
    private readonly StringBuilder text = new();
    private readonly StringBuilder thought = new();

    public string AllText => text.ToString();
    public string AllThought => thought.ToString();
    public List<string> Phases { get; } = [];
    public List<string> Notices { get; } = [];
    public Action OnNotice { get; set; } = () => { };
    public TaskCompletionSource FirstText { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Text(string piece)
    {
        text.Append(piece);
        FirstText.TrySetResult();
    }

    public void Thought(string piece) => thought.Append(piece);

    public void Progress(string phase, double? fraction, bool estimated) =>
        Phases.Add(fraction is null ? phase : $"{phase} {fraction:0.00}{(estimated ? "~" : "")}");

    public void Notice(string title, string description)
    {
        Notices.Add($"{title}: {description}");
        OnNotice();
    }
}

/// <summary>A server with a script, and the one connection to it that a run would have.</summary>
internal sealed class Asking : IAsyncDisposable
{
    private readonly Dictionary<string, string> variables = [];

    private Asking(FakeModelServer server, FakeTime time) => (Server, Time) = (server, time);

    public FakeModelServer Server { get; }

    /// <summary>Skips the waits between tries; limits pass only when a test moves it.</summary>
    public FakeTime Time { get; }
    public ModelConnection Connection { get; private set; } = null!;
    public Heard Heard { get; } = new();

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<Asking> StartAsync(params IReadOnlyList<FakeReply> replies) => StartAsync(FakeScript.InOrder(replies));

    public static async Task<Asking> StartAsync(FakeScript script, params IReadOnlyList<(string Name, string Value)> variables)
    {
        var asking = new Asking(new(script), new(skip: TimeSpan.FromSeconds(5)));
        foreach (var (name, value) in variables)
        {
            asking.variables[name] = value;
        }
        asking.Connection = await ModelConnection.OpenAsync(asking.Settings(), asking.Time, Token);
        return asking;
    }

    public ModelSettings Settings(string cacheFolder = "") =>
        new(Server.BaseUrl, null, null, null, [], null, cacheFolder, variables.GetValueOrDefault);

    public Task<ModelReply> AskAsync(string question = "Why?") => AskAsync(Prompt(question));

    public Task<ModelReply> AskAsync(ModelPrompt prompt) => Connection.AskAsync(prompt, Heard, Token);

    public async Task<ModelException> FailAsync(ModelPrompt? prompt = null) =>
        await Assert.ThrowsAsync<ModelException>(() => AskAsync(prompt ?? Prompt("Why?")));

    public static ModelPrompt Prompt(string question, int maxOutputTokens = 1000) =>
        new(
            "plan",
            [new(PromptRole.System, "You are careful."), new(PromptRole.User, question)],
            maxOutputTokens,
            Temperature: 0.2,
            Seed: 7
        );

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Server.DisposeAsync();
    }
}
