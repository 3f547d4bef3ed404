namespace CodexSidecar.Engine.Patching.Matching;

/// <summary>What of a line counts when two are compared.</summary>
internal enum LineKey
{
    Exact,

    /// <summary>Without trailing blanks.</summary>
    Tail,

    /// <summary>Without blanks at both ends.</summary>
    Trim,

    /// <summary>Typographic signs as their plain ones, without trailing blanks.</summary>
    Glyph,

    /// <summary>Plain signs, without blanks at both ends, any blanks between words as one; inside quotes each counts.</summary>
    Spacing,
}
