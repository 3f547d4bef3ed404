namespace CodexSidecar.Engine.Patching;

/// <summary>A file's content, as bytes and as text.</summary>
internal sealed record FileVersion(byte[] Bytes, FileText Text)
{
    public static FileVersion Of(string path, FileText text) => new(text.ToBytes(path), text);
}

/// <summary>What happens at one path of the disk.</summary>
/// <param name="Before">Null: nothing is there.</param>
/// <param name="After">Null: nothing will be there.</param>
internal sealed record DiskChange(string Path, FileVersion? Before, FileVersion? After)
{
    public bool IsReal => Before is null ? After is not null : After is null || !Before.Bytes.AsSpan().SequenceEqual(After.Bytes);
}
