using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Cli;

/// <summary>What a piece of text means; the screen decides the colour.</summary>
internal enum Tone
{
    Plain,
    Quiet,
    Strong,
    Good,
    Bad,
    Careful,
    Added,
    Removed,
    Place,
}

internal sealed record Span(string Text, Tone Tone = Tone.Plain);

/// <summary>One thing to put on the screen. Texts are raw: the screen makes them harmless.</summary>
internal abstract record Drawing;

/// <summary>One line, whatever its spans contain.</summary>
internal sealed record Line(params IReadOnlyList<Span> Spans) : Drawing;

/// <summary>The next piece of a stream; a new stream begins on a line of its own.</summary>
internal sealed record StreamedText(string Stream, string Text, Tone Tone) : Drawing;

internal sealed record Grid(IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<Span>> Rows) : Drawing;

/// <summary>What is going on right now; replaced by whatever is drawn next, and only shown on a terminal.</summary>
internal sealed record Status(string Text) : Drawing;

/// <summary>What earlier events of the run said that a later drawing needs.</summary>
/// <param name="Votes">Cast in the open round.</param>
/// <param name="Proposed">The patch a question may be about.</param>
internal sealed record CliState(IReadOnlyList<Vote> Votes, PatchProposed? Proposed)
{
    public static CliState Start { get; } = new([], null);
}

internal sealed record Drawn(CliState Next, IReadOnlyList<Drawing> Drawings);
