using System.Globalization;
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
/// <param name="MaxOutputTokens">The room of the answer, always a number: a local model without a limit may never end. Room to think comes
/// on top of it (<see cref="ThinkingRoom"/>).</param>
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

    /// <summary>The client gave the limit itself: it is sent as it is, and a reply that ends at it is what was asked for.</summary>
    public bool HasOwnLimit => Passed?.ContainsKey("max_tokens") is true;

    /// <summary>The same schema with bounds on numbers and lengths, for servers whose grammar takes them. No part of what makes two
    /// questions the same: what is asked for is <see cref="Schema"/>.</summary>
    public string? BoundedSchema { get; init; }
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

    /// <summary>How many of the output tokens were reasoning and no answer; null: none.</summary>
    public long? ThoughtTokens { get; init; }

    /// <summary>What requests for the same reply cost that came to nothing; null: there were none.</summary>
    public ModelUsage? Before { get; init; }

    /// <summary>With what was spent before it, and before that.</summary>
    public ModelUsage After(ModelUsage before) => this with { Before = Before?.After(before) ?? before };
}

/// <param name="Text">Without reasoning.</param>
internal sealed record ModelReply(string Text, ReplyEnd End, ModelUsage Usage, long Milliseconds)
{
    /// <summary>The server's own word for the end; null: it said none.</summary>
    public string? Finish { get; init; }

    /// <summary>What was wrong with it whatever was asked, as the end of a sentence; null: nothing, so that only its words can be
    /// wrong.</summary>
    public string? Trouble =>
        (Text.AsSpan().Trim().Length == 0, End) switch
        {
            (true, _) when Usage.ThoughtTokens is > 0 and var thought => string.Create(
                CultureInfo.InvariantCulture,
                $"the model used all {thought:N0} tokens for thinking"
            ),
            (true, ReplyEnd.Cut) => "the reply was cut off before it said anything",
            (true, _) => "the reply was empty",
            (false, ReplyEnd.Length) => string.Create(CultureInfo.InvariantCulture, $"the reply was cut at {Usage.OutputTokens:N0} tokens"),
            (false, ReplyEnd.Cut) => "the reply was cut off",
            (false, ReplyEnd.Stop) => null,
        };

    /// <summary>What is said about its words, with the cause where they are not to blame.</summary>
    public string Because(string problem) => Trouble is { } trouble ? $"{problem.TrimEnd('.')}: {trouble}." : problem;

    /// <summary>What the user can do about replies like this one.</summary>
    public string Advice =>
        Text.AsSpan().Trim().Length == 0 && Usage.ThoughtTokens > 0
            ? $"Give the model more room to think (a larger context of the server, {ThinkingRoom.Variable}), or take one that thinks less."
            : "Look at the chat template of the server, or take a larger model.";
}

/// <summary>What is heard while a model works; called from one thread at a time, must not throw.</summary>
internal interface IModelListener
{
    void Text(string piece);
    void Thought(string piece);
    void Progress(string phase, double? fraction, bool estimated);
    void Notice(string title, string description);
}
