using System.Text.Json;

namespace CodexSidecar.Engine.Models;

internal enum PromptRole
{
    System,
    User,
    Assistant,
}

internal sealed record PromptMessage(PromptRole Role, string Text);

/// <summary>One question to the model.</summary>
/// <param name="Purpose">What for: <c>analysis:1</c>, <c>plan</c>, <c>vote:security</c>, <c>closing</c>, <c>patch</c>, <c>repair:1</c>.
/// Recorded in cassettes.</param>
/// <param name="MaxOutputTokens">Always a number: a local model without a limit may never end.</param>
/// <param name="Schema">A slim JSON schema the answer should follow, where the server honours it; the text form must work without.</param>
internal sealed record ModelPrompt(
    string Purpose,
    IReadOnlyList<PromptMessage> Messages,
    int MaxOutputTokens,
    double Temperature = 0.2,
    int Seed = 0,
    string? Schema = null
)
{
    /// <summary>Whoever hears the text hands it on at once, so a reply that broke off cannot begin again.</summary>
    public bool GoesOut { get; init; }

    /// <summary>Members of a client's own request, sent as they came in place of ours. With them, temperature and seed are the client's
    /// business, or the server's where it says nothing.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Passed { get; init; }
}

/// <summary>Why the text ended: by itself, at the token limit, or because the connection or a guard cut it.</summary>
internal enum ReplyEnd
{
    Stop,
    Length,
    Cut,
}

/// <param name="PromptBytes">UTF-8 bytes of the message texts sent.</param>
/// <param name="Estimated">The server reported no usage; tokens are our estimate.</param>
internal sealed record ModelUsage(long PromptTokens, long OutputTokens, long CachedTokens, long PromptBytes, bool Estimated)
{
    /// <summary>The server says what it took from its cache, even if that is nothing; null: it says nothing.</summary>
    public bool? TellsCache { get; init; }
}

/// <param name="Text">Without reasoning.</param>
internal sealed record ModelReply(string Text, ReplyEnd End, ModelUsage Usage, long Milliseconds)
{
    /// <summary>The server's own word for the end; null: it said none.</summary>
    public string? Finish { get; init; }
}

/// <summary>What is heard while a model works; called from one thread at a time, must not throw.</summary>
internal interface IModelListener
{
    void Text(string piece);
    void Thought(string piece);
    void Progress(string phase, double? fraction, bool estimated);
    void Notice(string title, string description);
}
