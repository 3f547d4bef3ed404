namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>A file while the blocks of one reply are laid over it.</summary>
internal sealed class Draft
{
    public Draft(string path, FileText? start) => (Path, Start, Text) = (path, start, start);

    /// <summary>Before the reply, or where it is created.</summary>
    public string Path { get; }

    /// <summary>Before the reply; null: created by it.</summary>
    public FileText? Start { get; }

    /// <summary>As far as the reply is read; null: the file is gone.</summary>
    public FileText? Text { get; set; }

    /// <summary>Blocks that change a part and are not located yet.</summary>
    public List<PatchBlock> Waiting { get; } = [];

    public MoveBlock? Move { get; set; }

    /// <summary>The blocks that are in the text.</summary>
    public List<PatchBlock> Good { get; } = [];

    public bool WholeSeen { get; set; }
}
