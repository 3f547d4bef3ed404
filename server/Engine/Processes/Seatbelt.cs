namespace CodexSidecar.Engine.Processes;

/// <summary>
/// macOS: a profile for <c>sandbox-exec</c>. What it says is tested; that macOS does what it says is not (docs/security.md).
/// https://reverse.put.as/wp-content/uploads/2011/09/Apple-Sandbox-Guide-v1.0.pdf
/// </summary>
internal sealed class Seatbelt : ISandboxBackend
{
    private const string Program = "/usr/bin/sandbox-exec";

    public SandboxKind Kind => SandboxKind.Seatbelt;

    public string Description =>
        "sandbox-exec: commands write only to the workspace and a temporary folder of their own, and have no network, not even "
        + "loopback: tests with a local server fail";

    public bool HasOwnLoopback => false;

    public static (ISandboxBackend? Backend, string Problem) Find(string workspace) =>
        File.Exists(Program) && !workspace.Contains('"') ? (new Seatbelt(), "") : (null, "sandbox-exec is not there");

    public string? MakeTemporary() => Directory.CreateTempSubdirectory("codex-sidecar-command-").FullName;

    public Launch Wrap(InnerCommand command) =>
        new(
            Program,
            ["-p", Profile(command, HiddenPaths.Secrets(command.Read)), .. command.Argv],
            command.Environment,
            command.Folder,
            command.Marker
        );

    /// <summary>The last rule that matches decides.</summary>
    public static string Profile(InnerCommand command, IReadOnlyList<string> secrets) =>
        string.Join(
            '\n',
            [
                "(version 1)",
                "(allow default)",
                // All of it: the host's loopback cannot be told apart from one's own here.
                "(deny network*)",
                "(deny file-write*)",
                $"(allow file-write* (subpath {Quote(command.Workspace)}) (subpath {Quote(command.Temporary!)}) (literal "
                    + $"\"/dev/null\") (literal \"/dev/zero\") (literal \"/dev/tty\"))",
                .. command
                    .Repositories.SelectMany(git => git.ReadOnly.Append(git.Path))
                    .Distinct()
                    .Select(path => $"(deny file-write* (literal {Quote(path)}))"),
                .. command
                    .Repositories.SelectMany(git => git.ReadOnly)
                    .Distinct()
                    .Select(path => $"(deny file-write* (subpath {Quote(path)}))"),
                .. secrets.Concat(command.Hidden).Select(path => $"(deny file-read* file-write* (subpath {Quote(path)}))"),
                "(deny signal (target others))",
                "(deny process-info* (target others))",
                "(deny mach-priv*)",
                "",
            ]
        );

    /// <summary>The kernel compares real paths, and the temporary folder of macOS lies behind a link.</summary>
    private static string Quote(string path) => Literal(HiddenPaths.Resolve(path) ?? path);

    private static string Literal(string path) =>
        $"\"{path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
