namespace CodexSidecar.Engine.Patching;

/// <summary>A line and how it ends.</summary>
/// <param name="End">LF, CRLF or CR; empty at the end of a text without a final newline.</param>
internal readonly record struct TextLine(string Text, string End)
{
    public override string ToString() => Text + End;
}
