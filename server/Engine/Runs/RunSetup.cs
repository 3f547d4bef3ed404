using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Orchestration;
using CodexSidecar.Engine.Policy.Rules;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Prompts;
using CodexSidecar.Engine.Shadows;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Testing;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Runs;

/// <summary>Who gets what in one run, wired by hand.</summary>
internal sealed class RunSetup : IAsyncDisposable
{
    /// <summary>The title of the notice that the run changes the user's files while it works.</summary>
    public const string NoShadow = "No shadow";

    public required RunServices Services { get; init; }

    public required ModelConnection Model { get; init; }

    public required TrackRecord Track { get; init; }

    /// <summary>The user's own folder.</summary>
    public required WorkspaceRoot Workspace { private get; init; }

    /// <summary>To be closed after the run, the last opened first.</summary>
    public required Stack<IAsyncDisposable> Opened { private get; init; }

    public static async Task<RunSetup> CreateAsync(
        SidecarHome home,
        RunHost host,
        Questions questions,
        Func<Level?> levelChange,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var (request, settings) = (host.Request, host.Request.Settings);
        var rules = host.Rules;
        Level Level() => rules.Cap(levelChange() ?? settings.Level);
        var root = WorkspaceRoot.Open(settings.Workspace);
        var opened = new Stack<IAsyncDisposable>();
        // The sandbox is tried out while the model server is looked for.
        using var probes = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var probing = ProbeAsync(home, host, root, probes.Token);
        try
        {
            var model = await OpenModelAsync(home, host, settings, time, cancellationToken);
            opened.Push(model);
            foreach (var notice in model.Profile.Notices)
            {
                host.Emit(new NoticeRaised(Severity.Info, "Model", notice));
            }
            TellRules(host, rules);
            var (sandbox, shadow) = await probing;
            opened.Push(shadow);
            if (sandbox.Kind is SandboxKind.None)
            {
                var so = settings.AllowUnsandboxed ? "Commands run without one, as you allowed." : "Every command asks first.";
                host.Emit(new NoticeRaised(Severity.Warning, "No sandbox", $"{sandbox.Description}. {so}"));
            }
            else if (sandbox.Kind is SandboxKind.Landlock)
            {
                host.Emit(new NoticeRaised(Severity.Info, "The second-best sandbox", sandbox.Description));
            }
            if (shadow.Rung is ShadowRung.Place)
            {
                host.Emit(new NoticeRaised(Severity.Info, NoShadow, $"The run works {shadow.Description}."));
            }
            var changes = ChangesOf(shadow, root, new(home.Snapshots, time), host);
            opened.Push(changes);
            var command = TestCommandFinder.Find(root, settings.TestCommand, cancellationToken);
            var context = new ToolContext
            {
                RunId = host.RunId,
                Root = shadow.View,
                Commands = new CommandRunner(shadow.Sandbox, time),
                Sandbox = sandbox.Kind,
                Shadow = shadow.Rung,
                Audit = new AuditLog(home.State, time),
                Time = time,
                Caller = request.Caller,
                Session = host.SessionId,
                Rules = rules,
                Extra =
                    rules.Servers.Count == 0 || request.TestsOnly || home.ConnectExtra is not { } connect
                        ? ExtraTools.None
                        : new ExtraTools(rules.Servers, sandbox, connect),
                Level = Level,
                AllowUnsandboxed = settings.AllowUnsandboxed,
                TestCommand = command?.Argv ?? [],
                ChecksGreen = () => host.ChecksGreen,
                Emit = host.Emit,
                Ask = (question, cancel) => questions.AskAsync(question, host.Emit, cancel),
                BeforeWrite = changes.BeforeWriteAsync,
            };
            opened.Push(context.Extra);
            var guards = new Guards(time);
            var ledger = new UsageLedger();
            ModelAsker Asker(ModelConnection connection) => new(connection, ledger, guards, host.Emit);
            var (roles, absent) = await RoleModels.OpenAsync(home, host, model, opened, time, cancellationToken);
            var track = new TrackRecordFile(home, time).Read(out var unread);
            if (unread is not null)
            {
                host.Emit(new NoticeRaised(Severity.Warning, "Track record", unread));
            }
            var weights = model.Freeze(
                Enum.GetValues<Role>()
                    .ToDictionary(Wire.Name, role =>
                        absent.Contains(role) ? 0 : track.Of(role, roles.GetValueOrDefault(role, model).Profile.Model).Weight
                    )
            );
            var services = new RunServices
            {
                Request = Relative(request, root),
                Root = shadow.View,
                Context = context,
                Tools = new ToolRunner(context),
                Model = Asker(model),
                Roles = new RoleAssignments(Asker(model), roles.ToDictionary(role => role.Key, role => Asker(role.Value)), weights),
                Changes = changes,
                Guards = guards,
                Emit = host.Emit,
                KeepTexts = host.KeepTexts,
                TestCommand = command,
            };
            return new()
            {
                Services = services,
                Model = model,
                Track = track,
                Opened = opened,
                Workspace = root,
            };
        }
        catch
        {
            // It works in the folder that is closed now.
            await probes.CancelAsync();
            await ((Task)probing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (probing.IsCompletedSuccessfully && !opened.Contains((await probing).Shadow))
            {
                opened.Push((await probing).Shadow);
            }
            await CloseAsync(opened, root);
            throw;
        }
    }

    private static async Task<(Sandbox Sandbox, IShadow Shadow)> ProbeAsync(
        SidecarHome home,
        RunHost host,
        WorkspaceRoot root,
        CancellationToken cancellationToken
    )
    {
        var sandbox = await Sandbox.ProbeAsync(root.Folder, cancellationToken, log: home.Log.Lines);
        return (sandbox, await ShadowChoice.OpenAsync(home.Shadows, host.RunId, root, sandbox, cancellationToken));
    }

    private static RunChanges ChangesOf(IShadow shadow, WorkspaceRoot root, SnapshotStore store, RunHost host) =>
        shadow.Rung is ShadowRung.Place
            ? new PlaceChanges(root, cancel => store.TakeAsync(root, cancel), host.Keep, host.Emit)
            : new ShadowChanges(shadow, root, () => store.Begin(root), cancel => store.TakeAsync(root, cancel), host.Keep, host.Emit);

    public async ValueTask DisposeAsync() => await CloseAsync(Opened, Workspace);

    /// <summary>All of it, whatever one of them throws.</summary>
    private static async Task CloseAsync(Stack<IAsyncDisposable> opened, WorkspaceRoot root)
    {
        try
        {
            if (opened.TryPop(out var last))
            {
                try
                {
                    await last.DisposeAsync();
                }
                finally
                {
                    await CloseAsync(opened, root);
                }
            }
        }
        finally
        {
            root.Dispose();
        }
    }

    private static async Task<ModelConnection> OpenModelAsync(
        SidecarHome home,
        RunHost host,
        RunSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<string> recordTo = settings.Cassette is not null
            ? []
            : [host.Folder.Cassette, .. settings.Record is { } file ? [file] : Array.Empty<string>()];
        var isStarted = false;
        void Start(string model)
        {
            if (!isStarted)
            {
                isStarted = true;
                host.Emit(new RunStarted(host.Request.Task, (int)host.Rules.Cap(settings.Level), model));
            }
        }
        var places = home.ModelSettings(settings) with
        {
            RecordTo = recordTo,
            OnWait = (model, title, notice) =>
            {
                // The first event of a run is its start, and a wait is told before it is over.
                Start(model);
                host.Emit(new NoticeRaised(Severity.Info, title, notice));
            },
        };
        try
        {
            var model = host.Request.TestsOnly ? ModelConnection.None : await ModelConnection.OpenAsync(places, time, cancellationToken);
            if (isStarted)
            {
                host.Waited(model.Profile.Display);
                host.Emit(
                    new NoticeRaised(Severity.Info, "The model is loaded", $"{model.Profile.Display}, {model.Profile.Window:N0} tokens.")
                );
            }
            Start(model.Profile.Display);
            return model;
        }
        catch (ModelException)
        {
            Start("none");
            throw;
        }
    }

    private static void TellRules(RunHost host, RuleSet rules)
    {
        foreach (var notice in rules.Notices)
        {
            host.Emit(new NoticeRaised(Severity.Warning, "Configuration", notice));
        }
        if (rules.Cap(host.Request.Settings.Level) is var level && level < host.Request.Settings.Level)
        {
            host.Emit(
                new NoticeRaised(
                    Severity.Info,
                    "Configuration",
                    $"The run works at level {(int)level} ({Wire.Name(level)}): \"maxLevel\" allows no more."
                )
            );
        }
    }

    private static RunRequest Relative(RunRequest request, WorkspaceRoot root) =>
        request with
        {
            Task = request.Task.Trim(),
            Attachments =
            [
                .. request
                    .Attachments.Select(one => one with { Text = one.Text ?? ReadableText.Read(root, one.Name) })
                    .Where(one => one.Text is not null),
            ],
            Unsaved = Relative(request.Unsaved, root),
            ReadUnsaved = request.ReadUnsaved is { } read ? async (paths, cancel) => Relative(await read(paths, cancel), root) : null,
        };

    private static IReadOnlyList<UnsavedFile> Relative(IReadOnlyList<UnsavedFile> files, WorkspaceRoot root) =>
        [
            .. files.Select(file =>
                file with
                {
                    Path = Path.IsPathRooted(file.Path) ? Path.GetRelativePath(root.Folder, file.Path) : file.Path,
                }
            ),
        ];
}
