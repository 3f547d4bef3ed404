namespace CodexSidecar.Engine.Patching;

/// <summary>What makes two blocks the same one sent twice: everything but the number.</summary>
internal static class BlockKey
{
    public static string Of(string path, PatchBlock block) =>
        block switch
        {
            WriteBlock write => string.Join('\0', "write", path, write.Text),
            ReplaceBlock replace => string.Join(
                '\0',
                "replace",
                path,
                replace.Search,
                replace.Replace,
                replace.Hints.Line,
                replace.Hints.AtEnd,
                string.Join('\n', replace.Hints.Scopes)
            ),
            InsertBlock insert => string.Join('\0', "insert", path, insert.Text, insert.Hints.Line, string.Join('\n', insert.Hints.Scopes)),
            DeleteBlock => string.Join('\0', "delete", path),
            MoveBlock move => string.Join('\0', "move", path, move.To),
            _ => throw new ArgumentOutOfRangeException(nameof(block)),
        };
}
