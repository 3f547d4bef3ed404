using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Orchestration;
using CodexSidecar.Engine.Orchestration.Testing;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Sessions;

/// <summary>Who gets what in one run, wired by hand.</summary>
internal sealed class RunWiring : IAsyncDisposable
{
    public required RunKit Kit { get; init; }

    public required ModelConnection Model { get; init; }

    public static async Task<RunWiring> CreateAsync(SidecarHome home, RunRoom room, Questions questions, Func<Level?> levelChange, TimeProvider time, CancellationToken cancellationToken)
    {
        var (request, settings) = (room.Request, room.Request.Settings);
        Level Level() => levelChange() ?? settings.Level;
        var root = WorkspaceRoot.Open(settings.Workspace);
        try
        {
            // The sandbox is tried out while the model server is looked for.
            var probing = Sandbox.ProbeAsync(root.Folder, cancellationToken);
            var model = await OpenModelAsync(home, room, settings, time, cancellationToken);
            foreach (var notice in model.Profile.Notices)
            {
                room.Emit(new NoticeRaised(Severity.Info, "Model", notice));
            }
            var sandbox = await probing;
            if (sandbox.Kind is SandboxKind.None)
            {
                room.Emit(new NoticeRaised(Severity.Warning, "No sandbox", $"{sandbox.Description}. {(settings.AllowUnsandboxed ? "Commands run without one, as you allowed." : "Every command asks first.")}"));
            }
            else if (sandbox.Kind is SandboxKind.Landlock)
            {
                room.Emit(new NoticeRaised(Severity.Info, "The second-best sandbox", sandbox.Description));
            }
            var changes = new RunChanges(cancel => new SnapshotStore(RunStore.SnapshotFolder(home), time).TakeAsync(root, cancel), room.Keep, room.Emit);
            var command = FindTests(root, settings, cancellationToken);
            var context = new ToolContext
            {
                RunId = room.RunId,
                Root = root,
                Commands = new CommandRunner(sandbox, time),
                Sandbox = sandbox.Kind,
                Audit = new AuditLog(home.State, time),
                Time = time,
                Who = request.Client,
                Face = request.Face,
                Level = Level,
                AllowUnsandboxed = settings.AllowUnsandboxed,
                TestCommand = command?.Argv ?? [],
                ChecksGreen = () => room.ChecksGreen,
                Emit = room.Emit,
                Ask = (question, cancel) => questions.AskAsync(question, room.Emit, cancel),
                BeforeWrite = changes.BeforeWriteAsync,
            };
            var guards = new Guards(time);
            var kit = new RunKit
            {
                Order = Order(request, root),
                Root = root,
                Context = context,
                Tools = new ToolRunner(context),
                Model = new ModelDesk(model, guards, room.Emit),
                Changes = changes,
                Guards = guards,
                Emit = room.Emit,
                KeepTexts = room.KeepTexts,
                TestCommand = command,
            };
            return new() { Kit = kit, Model = model };
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        Kit.Root.Dispose();
    }

    private static async Task<ModelConnection> OpenModelAsync(SidecarHome home, RunRoom room, RunSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> recordTo = settings.Cassette is not null ? [] : [room.Folder.Cassette, .. settings.Record is { } file ? [file] : Array.Empty<string>()];
        try
        {
            var model = await ModelConnection.OpenAsync(ModelCheck.Settings(home, settings) with { RecordTo = recordTo }, time, cancellationToken);
            room.Emit(new RunStarted(room.Request.Task, (int)settings.Level, model.Profile.Display));
            return model;
        }
        catch (ModelException)
        {
            room.Emit(new RunStarted(room.Request.Task, (int)settings.Level, "none"));
            throw;
        }
    }

    private static TestCommand? FindTests(WorkspaceRoot root, RunSettings settings, CancellationToken cancellationToken)
    {
        if (settings.TestCommand is { } configured && CommandLine.TrySplit(configured, out var argv))
        {
            return new(argv, "--test-command");
        }
        var paths = root.Files(cancellationToken).ToList();
        return TestCommandFinder.Find(paths, path => FileText.Read(root, path));
    }

    private static RunOrder Order(RunRequest request, WorkspaceRoot root) => new(request.Task.Trim(), request.Settings.Consilium, request.Settings.Review, request.Settings.Commit)
    {
        Attachments = [.. request.Attachments.Select(one => (one.Name, Text: one.Text ?? FileText.Read(root, one.Name))).Where(one => one.Text is not null).Select(one => (one.Name, one.Text!))],
        Unsaved = request.Unsaved.Select(file => Path.IsPathRooted(file.Path) ? Path.GetRelativePath(root.Folder, file.Path) : file.Path).ToHashSet(StringComparer.Ordinal),
    };
}
