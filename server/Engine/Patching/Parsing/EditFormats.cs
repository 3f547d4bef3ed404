namespace CodexSidecar.Engine.Patching.Parsing;

/// <summary>A form in which models write edits. A new one is a file in this folder and a line in <see cref="EditFormats.All"/>.</summary>
internal interface IEditFormat
{
    /// <summary>As docs/edits.md calls it.</summary>
    string Name { get; }

    /// <summary>It stands around edits of other forms, as a fence does.</summary>
    bool IsEnvelope => false;

    /// <summary>In an envelope its start counts on any line, not only on the first one.</summary>
    bool StartsAnywhere => false;

    /// <summary>An edit of this form begins at this line, wherever it stands. False for a form that a line alone does not show.</summary>
    bool IsStart(string[] lines, int at);

    /// <summary>Opens a block that only <see cref="Closes"/> ends: between the two every line is text.</summary>
    bool Opens(string line) => false;

    bool Closes(string line) => false;

    /// <summary>Reads what stands at <see cref="ReplyScan.At"/> and goes on behind it. False: it is none of this form.</summary>
    bool TryRead(ReplyScan scan);
}

/// <summary>A form that can be a whole patch, as a program sends it.</summary>
internal interface IPatchFormat : IEditFormat
{
    /// <summary>A text that begins so must be a whole patch.</summary>
    bool BeginsPatch(string[] lines, int at);

    /// <summary>The lines of the whole patch in the text; null: it has no end.</summary>
    (int Start, int End)? WholePatch(string[] lines);
}

internal static class EditFormats
{
    /// <summary>
    /// At each line the first one that reads it has it: forms with markers of their own before those that take any text. The markers of
    /// apply_patch and SEARCH/REPLACE may stand in a diff's place, but no hunk in theirs; a call is looked for before a tag, since some
    /// models put one in front of it; a fence takes what is left. <c>EditFormatsSpecs</c> holds the order.
    /// </summary>
    public static IReadOnlyList<IEditFormat> All { get; } =
    [new ApplyPatch(), new SearchReplace(), new UnifiedDiff(), new ToolCalls(), new OldNewTags(), new Tags(), new Containers()];

    /// <summary>The forms that say what to change, and not only for which file.</summary>
    public static IReadOnlyList<IEditFormat> Edits { get; } = [.. All.Where(format => !format.IsEnvelope)];

    public static IReadOnlyList<IPatchFormat> Patches { get; } = [.. All.OfType<IPatchFormat>()];
}
