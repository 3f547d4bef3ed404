using CodexSidecar.Contracts;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tools;

/// <summary>What Policy is asked about files. A link is judged by its own name and by where it ends.</summary>
internal static class FileActions
{
    private const int MostBytes = 1 << 20,
        MostConfiguration = 64 << 10;

    public static PolicyAction Read(WorkspaceRoot root, WorkspacePath path)
    {
        var hidden = Hides(root, path);
        return new(hidden is null ? ActionKind.Read : ActionKind.ReadSecret, path.Value, hidden);
    }

    /// <summary>One action a file, and one for the old place of a move.</summary>
    public static IEnumerable<PolicyAction> Write(WorkspaceRoot root, PlannedFile file, ActionKind changed)
    {
        var kind = file.Change switch
        {
            FileChange.Added => ActionKind.CreateFile,
            FileChange.Modified => changed,
            _ => ActionKind.DeleteFile,
        };
        var why = file.From is null ? null : $"it was {file.From} before";
        yield return Write(root, WorkspacePath.Parse(file.Path), kind, why);
        if (file.From is { } from && IsProtected(root, WorkspacePath.Parse(from)))
        {
            yield return Write(root, WorkspacePath.Parse(from), ActionKind.DeleteFile, null);
        }
    }

    /// <summary>Null, or why the content is not for the model.</summary>
    public static string? Hides(WorkspaceRoot root, WorkspacePath path)
    {
        var real = Real(root, path);
        return SecretNames.Covers(path.Value) || SecretNames.Covers(real.Value) ? $"{path.Shown} holds secrets"
            : root.IsHidden(path) || (real != path && root.IsHidden(real)) ? $"{path.Shown} is hidden from the agent"
            : null;
    }

    /// <summary>For text that names files by itself, such as git's: true when the content is not for the model.</summary>
    public static bool Hides(WorkspaceRoot root, string path)
    {
        try
        {
            return SecretNames.Covers(path) || root.IsHidden(WorkspacePath.OfDisk(path));
        }
        catch (WorkspaceException)
        {
            return true;
        }
    }

    /// <summary>What a patch is planned on. Files with secrets are unknown to it: a patch of one could be used to ask for its content word
    /// by word.</summary>
    /// <param name="takesBytes">As <see cref="TextFiles.TakesBytes"/>.</param>
    public static PatchBase Planning(WorkspaceRoot root, IEnumerable<string> files, bool takesBytes = false) =>
        new([.. files.Where(file => !SecretNames.Covers(file))], file => Content(root, file)) { Texts = Texts(root, takesBytes) };

    /// <summary>How the workspace's files are text, as its configuration files say now.</summary>
    public static TextFiles Texts(WorkspaceRoot root, bool takesBytes = false) =>
        new(path => Configuration(root, path)) { TakesBytes = takesBytes };

    private static byte[]? Configuration(WorkspaceRoot root, string path)
    {
        try
        {
            var place = WorkspacePath.OfDisk(path);
            return root.Look(place) is null ? null : root.Read(place, MostConfiguration);
        }
        catch (WorkspaceException)
        {
            // What cannot be read says nothing.
            return null;
        }
    }

    private static byte[]? Content(WorkspaceRoot root, string name)
    {
        var path = WorkspacePath.Parse(name);
        if (root.Look(path) is null)
        {
            return null;
        }
        return Hides(root, path) is { } why
            ? throw new WorkspaceException("path", $"{why}; it is not changed by tools.")
            : root.Read(path, MostBytes);
    }

    /// <summary>One file of a change; a protected one is judged as such.</summary>
    public static PolicyAction Write(WorkspaceRoot root, WorkspacePath path, ActionKind kind, string? why) =>
        IsProtected(root, path)
            ? new(ActionKind.ChangeProtectedFile, path.Value, $"{path.Shown} can make something run, or holds secrets")
            : new(kind, path.Value, why);

    public static bool IsProtected(WorkspaceRoot root, WorkspacePath path) =>
        ProtectedNames.Covers(path.Value) || ProtectedNames.Covers(Real(root, path).Value);

    /// <summary>Where the path ends after all links; what does not exist yet ends in the folder it will be in. A link to nothing is
    /// refused.</summary>
    private static WorkspacePath Real(WorkspaceRoot root, WorkspacePath path)
    {
        try
        {
            return root.Resolve(path);
        }
        catch (WorkspaceException missing) when (missing.Code == "missing" && root.Look(path) is null)
        {
            return root.Place(path);
        }
    }
}
