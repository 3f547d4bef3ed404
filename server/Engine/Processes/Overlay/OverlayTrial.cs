using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Processes.Overlay;

/// <summary>Whether commands of this workspace can run over an overlay here: tried out, with the very options they get.</summary>
internal static class OverlayTrial
{
    /// <summary>Marks of an overlay in attributes that every user may set: https://kernelnewbies.org/Linux_5.11</summary>
    private static readonly Version OldestKernel = new(5, 11);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A new file, a folder made again, a file of the workspace opened for writing (not a byte of it changes), a new file beside
    /// it.</summary>
    private const string Work =
        ": > \"$1\" && mkdir \"$1.d\" && : > \"$1.d/f\" && rm -r \"$1.d\" && mkdir \"$1.d\" && "
        + "if [ -n \"$2\" ]; then : >> \"$2\"; fi && if [ -n \"$3\" ]; then : > \"$3/$1\"; fi";

    /// <param name="folders">Where changes may be kept, best first; they are made where they are missing.</param>
    /// <returns>The first folder in which it works; null and why it works in none.</returns>
    public static async Task<(string? Folder, string Problem)> FindFolderAsync(
        Sandbox sandbox,
        string workspace,
        IReadOnlyList<string> folders,
        CancellationToken cancellationToken
    )
    {
        if (FindFault(sandbox, workspace) is { } fault)
        {
            return (null, fault);
        }
        var problems = new List<string>();
        foreach (var folder in folders)
        {
            if (await FindFaultAsync(sandbox, workspace, folder, cancellationToken) is not { } problem)
            {
                return (folder, "");
            }
            problems.Add(problem);
        }
        return (null, string.Join("; ", problems.Distinct()));
    }

    /// <param name="folder">Absolute: changes would be kept below it.</param>
    /// <returns>In one sentence why not; null when all works.</returns>
    public static async Task<string?> FindFaultAsync(Sandbox sandbox, string workspace, string folder, CancellationToken cancellationToken)
    {
        if (FindFault(sandbox, workspace) is { } fault)
        {
            return fault;
        }
        OverlayMount? mount = null;
        try
        {
            PrivateFolder.Create(folder);
            if (Overlap(HiddenPaths.Resolve(workspace) ?? workspace, HiddenPaths.Resolve(folder) ?? folder) is { } overlap)
            {
                return overlap;
            }
            mount = OverlayMount.Make(workspace, Path.Join(folder, $"trial-{Guid.NewGuid():n}"));
            return FindMarkFault(mount) ?? await FindFaultAsync(sandbox.Over(mount), mount, cancellationToken);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or SandboxException)
        {
            return Sentence(refused.Message);
        }
        finally
        {
            await RemoveAsync(mount);
        }
    }

    /// <returns>What stands against it wherever the changes are kept.</returns>
    private static string? FindFault(Sandbox sandbox, string workspace) =>
        !OperatingSystem.IsLinux() ? "this operating system has no overlays"
        : KernelFault(Environment.OSVersion.Version) is { } old ? old
        : sandbox.ToolProblem is { } missing ? missing
        : MountTable.Below(HiddenPaths.Resolve(workspace) ?? workspace) is [var first, ..]
            ? $"{first} is mounted inside the workspace, and an overlay would not show it"
        : null;

    public static string? KernelFault(Version kernel) =>
        kernel < OldestKernel ? $"the kernel is too old for an overlay ({kernel.ToString(2)}, needed is {OldestKernel})" : null;

    private static string? Overlap(string workspace, string folder) =>
        IsIn(folder, workspace) ? $"{folder}, where changes would be kept, lies in the workspace"
        : IsIn(workspace, folder) ? $"the workspace lies in {folder}, where changes would be kept"
        : null;

    private static bool IsIn(string path, string folder) => (path + "/").StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>Our own code makes the same marks between commands.</summary>
    private static string? FindMarkFault(OverlayMount mount)
    {
        var (removed, replaced) = (Path.Join(mount.Folder, "removed"), Directory.CreateDirectory(Path.Join(mount.Folder, "replaced")));
        return (OverlayCalls.MakeRemoved(removed) ?? OverlayCalls.MakeOpaque(replaced.FullName)) is { } refused
            ? $"the file system of {Path.GetDirectoryName(mount.Folder)} cannot hold the changes of an overlay: {refused}"
            : null;
    }

    private static async Task<string?> FindFaultAsync(Sandbox over, OverlayMount mount, CancellationToken cancellationToken)
    {
        var name = $".codex-sidecar-trial-{Guid.NewGuid():n}";
        var (file, folder) = ForeignEntries.FindToChange(mount.Workspace);
        var trial = await new CommandRunner(over, TimeProvider.System).RunAsync(
            new(["/bin/sh", "-c", Work, "sh", name, file ?? "", folder ?? ""], mount.Workspace, Patience),
            null,
            cancellationToken
        );
        if (File.Exists(Path.Join(mount.Workspace, name)))
        {
            File.Delete(Path.Join(mount.Workspace, name));
            return "a command over the overlay wrote to the workspace itself";
        }
        return trial.ExitCode != 0 ? $"over an overlay files of this workspace cannot be changed: {Sentence(trial.Output)}"
            : !File.Exists(Path.Join(mount.Upper, name)) ? "what a command wrote over the overlay was not kept"
            : over.Kind is SandboxKind.None ? null
            : await SandboxProof.FindFaultAsync(over, mount.Workspace, over.HasOwnLoopback, cancellationToken);
    }

    private static async Task RemoveAsync(OverlayMount? mount)
    {
        try
        {
            if (mount is not null)
            {
                await mount.RemoveAsync();
            }
        }
        catch (IOException)
        {
            // It is in the folder of changes, and empty but for marks.
        }
    }

    private static string Sentence(string message)
    {
        var told = message.Trim().Split('\n')[0];
        return told.Replace("The sandbox could not be set up, so the command was not run: ", "", StringComparison.Ordinal);
    }
}
