namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>Whether a file has a byte order mark is the file's own; one in a reply says nothing.</summary>
internal static class ByteOrderMark
{
    private const char Mark = '\uFEFF';

    public static PatchBlock Without(PatchBlock block) =>
        block switch
        {
            WriteBlock write => write with { Text = write.Text.TrimStart(Mark) },
            ReplaceBlock replace => replace with { Search = replace.Search.TrimStart(Mark), Replace = replace.Replace.TrimStart(Mark) },
            InsertBlock insert => insert with { Text = insert.Text.TrimStart(Mark) },
            _ => block,
        };
}
