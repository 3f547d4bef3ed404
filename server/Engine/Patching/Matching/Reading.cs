namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>How new lines are indented when SEARCH stands elsewhere than it says.</summary>
internal enum IndentShift
{
    None,

    /// <summary>All lines are off by the same width; anything else is no match.</summary>
    Uniform,

    /// <summary>Each new line follows the matched line nearest to it.</summary>
    Nearest,
}

/// <summary>One way to read a block: its halves without a habit of models, how their lines are compared, and how the new ones are fitted
/// in.</summary>
internal sealed record Reading(
    IReadOnlyList<string> Search,
    IReadOnlyList<string> Replace,
    LineKey Key = LineKey.Exact,
    IndentShift Shift = IndentShift.None
)
{
    /// <summary>The only line (1-based) where it may stand; null: anywhere.</summary>
    public int? Line { get; init; }

    /// <summary>Why REPLACE cannot be used although SEARCH can; null: it can.</summary>
    public string? Problem { get; init; }
}
