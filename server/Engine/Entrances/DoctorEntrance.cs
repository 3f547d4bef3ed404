using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Shadows;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Testing;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Entrances;

/// <param name="Fix">What to do about it; null when nothing needs doing.</param>
public sealed record DoctorFinding(string Area, FindingState State, string Text, string? Fix);

/// <summary>Looks at everything a run needs and says what it found; changes nothing unless it is told to forget.</summary>
public static class DoctorEntrance
{
    public static async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(
        SidecarHome home,
        RunSettings settings,
        CancellationToken cancellationToken
    )
    {
        if (!Directory.Exists(settings.Workspace))
        {
            throw new UsageException($"The workspace folder does not exist: {settings.Workspace}");
        }
        using var root = WorkspaceRoot.Open(settings.Workspace);
        return
        [
            .. await ModelAsync(home, settings, cancellationToken),
            .. await SandboxAsync(home, root, cancellationToken),
            Tests(root, settings, cancellationToken),
            Git(root),
            State(home),
            Log(home),
        ];
    }

    private static async Task<IReadOnlyList<DoctorFinding>> ModelAsync(
        SidecarHome home,
        RunSettings settings,
        CancellationToken cancellationToken
    )
    {
        var found = await ModelConnection.FindAsync(home.ModelSettings(settings), TimeProvider.System, cancellationToken, proveKey: true);
        if (found.Profile is { } model)
        {
            return
            [
                new("model", FindingState.Ok, $"{model.Display}, context window {model.Window:N0} tokens", null),
                .. found.Learnt.Select(text => new DoctorFinding("model", FindingState.Ok, text, null)),
                .. model.Notices.Select(text => new DoctorFinding("model", FindingState.Warning, text, null)),
            ];
        }
        if (found.Problem is { Cure: { } cure } problem)
        {
            return [new("model", found.IsLoading ? FindingState.Warning : FindingState.Problem, problem.What, cure)];
        }
        var tried = found.Attempts.Where(attempt => !attempt.Usable).Select(attempt => $"{attempt.Address}: {attempt.Result}").ToList();
        return
        [
            tried.Count == 0 && found.Problem is { } other
                ? new("model", FindingState.Problem, other.What, null)
                : new(
                    "model",
                    FindingState.Problem,
                    $"No model server answers. Tried {string.Join("; ", tried)}",
                    "Start one (ollama serve; llama-server -m MODEL.gguf; LM Studio's server), or say where it is: --base-url URL "
                        + "or CODEX_SIDECAR_BASE_URL."
                ),
        ];
    }

    /// <summary>Forgets what was learnt by use of the server that is named, or of all; a run learns it anew.</summary>
    public static IReadOnlyList<DoctorFinding> Forget(SidecarHome home, RunSettings settings)
    {
        try
        {
            var forgotten = ModelConnection.Forget(home.ModelSettings(settings), TimeProvider.System);
            return forgotten.Count == 0
                ?
                [
                    new(
                        "forgotten",
                        FindingState.Ok,
                        "Nothing was learnt of any server" + (settings.BaseUrl is { } url ? $" at {url}" : ""),
                        null
                    ),
                ]
                :
                [
                    .. forgotten.Select(one => new DoctorFinding(
                        "forgotten",
                        FindingState.Ok,
                        $"{one.Model}: {(one.Learnt.Count == 0 ? "nothing of weight" : string.Join("; ", one.Learnt))}",
                        null
                    )),
                ];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return
            [
                new(
                    "forgotten",
                    FindingState.Problem,
                    $"Cannot delete what was learnt: {refused.Message}",
                    $"Delete the files in {home.Cache} yourself."
                ),
            ];
        }
    }

    private static async Task<IReadOnlyList<DoctorFinding>> SandboxAsync(
        SidecarHome home,
        WorkspaceRoot root,
        CancellationToken cancellationToken
    )
    {
        var sandbox = await Sandbox.ProbeAsync(root.Folder, cancellationToken);
        return
        [
            sandbox.Kind is SandboxKind.None
                ? new(
                    "sandbox",
                    FindingState.Warning,
                    $"None: {sandbox.Description}",
                    "Every command will ask; --allow-unsandboxed runs them without protection."
                )
                : new(
                    "sandbox",
                    sandbox.Kind is SandboxKind.Bubblewrap ? FindingState.Ok : FindingState.Warning,
                    sandbox.Description,
                    null
                ),
            await ShadowAsync(home, root, sandbox, cancellationToken),
        ];
    }

    private static async Task<DoctorFinding> ShadowAsync(
        SidecarHome home,
        WorkspaceRoot root,
        Sandbox sandbox,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var shadow = await ShadowChoice.OpenAsync(
                home.Shadows,
                $"doctor-{Guid.NewGuid():n}",
                root,
                sandbox,
                cancellationToken
            );
            return shadow.Rung is ShadowRung.Place
                ? new("shadow", FindingState.Warning, $"None: runs work {shadow.Description}", null)
                : new("shadow", FindingState.Ok, $"Runs and commands work {shadow.Description}", null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new("shadow", FindingState.Problem, $"Nothing can be kept in {home.Shadows}: {refused.Message}", null);
        }
    }

    private static DoctorFinding Tests(WorkspaceRoot root, RunSettings settings, CancellationToken cancellationToken)
    {
        var paths = root.Files(cancellationToken).ToList();
        return settings.TestCommand is { } configured ? new("tests", FindingState.Ok, $"{configured} (as configured)", null)
            : TestCommandFinder.Find(paths, path => ReadableText.Read(root, path)) is { } command
                ? new("tests", FindingState.Ok, $"{CommandLine.Join(command.Argv)} (from {command.Source})", null)
            : new("tests", FindingState.Warning, "No tests found in this project", "Say how to test: --test-command \"COMMAND\".");
    }

    private static DoctorFinding Git(WorkspaceRoot root)
    {
        using var repository = GitRepository.Open(root);
        return repository is null
            ? new("git", FindingState.Warning, "This folder is in no git repository: runs can be undone, but not committed", "git init")
            : new("git", FindingState.Ok, "A git repository", null);
    }

    private static DoctorFinding Log(SidecarHome home) =>
        new(
            "log",
            FindingState.Ok,
            $"What happens is told in {home.Log.File}, from {home.Log.Level} on",
            home.Log.TellsCalls ? null : $"{ProgramLog.Variable}=debug tells every request too; trace also prompts and replies."
        );

    /// <summary>Whether runs can be kept.</summary>
    public static DoctorFinding State(SidecarHome home)
    {
        try
        {
            Disk.CreatePrivate(home.State);
            Disk.Probe(home.State, home.AtStep);
            return new("state", FindingState.Ok, $"Runs and snapshots are kept in {home.State}", null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new(
                "state",
                FindingState.Problem,
                $"Cannot write to {home.State}: {DiskFault.Describe(refused)}",
                DiskFault.Find(refused) is { Code: "open_files" } ? null : "Set CODEX_SIDECAR_HOME to a folder that you can write to."
            );
        }
    }
}
