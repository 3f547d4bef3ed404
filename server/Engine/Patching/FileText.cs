using System.Text;

namespace CodexSidecar.Engine.Patching;

/// <summary>A file's lines and what is needed to turn them into its bytes again.</summary>
internal sealed record FileText(IReadOnlyList<TextLine> Lines, Coding Coding)
{
    public static FileText New => new([], Coding.Utf8);

    /// <summary>True where the last line has an end; an empty file counts as a new one, which gets one.</summary>
    public bool EndsWithNewline => Lines.Count == 0 || Lines[^1].End.Length > 0;

    /// <param name="charset">What the user says about files without a mark that are not UTF-8; null: unknown.</param>
    /// <exception cref="RefusedException">kind: binary.</exception>
    public static FileText Read(string path, byte[] bytes, string? charset = null)
    {
        var (coding, text) = Coding.Decode(path, bytes, charset);
        return new FileText(LineText.Split(text), coding);
    }

    /// <exception cref="RefusedException">encoding: a character the file cannot hold.</exception>
    public byte[] ToBytes(string path) => Coding.Encode(path, Lines);

    public override string ToString() => LineText.Join(Lines);
}
