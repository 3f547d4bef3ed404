using CodexSidecar.Engine.Orchestration;
using CodexSidecar.Engine.Patching;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Snapshots;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Victim;

if (OverlayJobs.Knows(args))
{
    return await OverlayJobs.RunAsync(args);
}
if (args[0].StartsWith("--", StringComparison.Ordinal))
{
    return await Jobs.RunAsync(args);
}

// A run without a model, made to be killed: takes its snapshot, patches, lets a command write, patches again, rolls back. Every step is a
// line on stdout.
var (workspace, state, runId, seed) = (args[0], args[1], args[2], int.Parse(args[3]));
var random = new Random(seed);
var steps = Console.OpenStandardOutput();
void Tell(string step)
{
    steps.Write(System.Text.Encoding.UTF8.GetBytes(step.ReplaceLineEndings(" ") + "\n"));
}

using var root = WorkspaceRoot.Open(workspace);
root.AtStep = Tell;
var folder = new RunFolder(Path.Join(state, "runs", runId));
using var held = folder.TryLock();
var record = new RunRecord(runId, "s1", "task", root.Folder, TimeProvider.System.GetUtcNow(), "", []);
folder.Write(record);
var store = new SnapshotStore(Path.Join(state, "snapshots"), TimeProvider.System);
var changes = new PlaceChanges(
    root,
    cancel => store.TakeAsync(root, cancel),
    (snapshot, list, underWay) =>
    {
        folder.Write(record with { SnapshotId = snapshot, Changes = list, UnderWay = underWay });
        Tell($"recorded {list.Count}");
    },
    _ => { }
);
var commands = new CommandRunner(Sandbox.WithoutAny(root.Folder, "for the test"), TimeProvider.System);
Tell("begun");
for (var round = 0; round < 3; round++)
{
    await PatchAsync();
    await changes.WatchAsync(
        () => commands.RunAsync(new(["/bin/sh", "-c", Script()], root.Folder, TimeSpan.FromMinutes(1)), _ => { }, default),
        default
    );
    Tell("command done");
}
await changes.RollBackAsync("the end");
Tell("rolled back");
return 0;

async Task PatchAsync()
{
    var files = root.Files(default)
        .Where(file => !file.Any(char.IsControl) && root.Look(WorkspacePath.OfDisk(file))!.Mode.HasFlag(UnixFileMode.UserWrite))
        .ToList();
    var disk = new List<DiskChange>();
    foreach (var path in files.OrderBy(_ => random.Next()).Take(4))
    {
        var old = Version(path, root.Read(WorkspacePath.OfDisk(path), 1 << 24));
        disk.Add(new(path, old, random.Next(3) == 0 ? null : Version(path, [.. old.Bytes, .. "more\r\n"u8])));
    }
    disk.Add(new($"made/{random.Next(9)}/by patch {random.Next(1_000_000)}", null, Version("", "new\n"u8.ToArray())));
    var plan = new PatchPlan(disk.DistinctBy(change => change.Path), new Dictionary<string, string>());
    await changes.BeforeWriteAsync([.. plan.Writes().Select(write => write.Path)], default);
    changes.WillWrite(plan);
    root.Apply(plan.Writes());
    changes.Wrote(new("p1", []));
    Tell("patched");
}

string Script()
{
    var name = $"'made by command {random.Next(1_000_000)}'";
    return $"mkdir -p d; echo x > {name}; ln -s {name} l{random.Next(1_000_000)}; for f in *; do [ -f \"$f\" ] && echo y >> \"$f\"; done; "
        + $"rm -f a b; chmod 755 c; mv d e{random.Next(100)} 2>/dev/null; ls -R; true";
}

// Only the bytes matter to what is written.
static FileVersion Version(string path, byte[] bytes) => new(bytes, CodexSidecar.Engine.Patching.FileText.New);
