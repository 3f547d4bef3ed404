using CodexSidecar.Bench;

// npm run bench:search, bench:snapshot, bench:patch, bench:fuzz: one run prints medians and the ratio to the program people are used to.
var rounds = args.Length > 1 ? int.Parse(args[1]) : 15;
using var folder = new BenchFolder(args.FirstOrDefault() is "search" or "snapshot" ? BenchFolder.Files : 0);
switch (args.FirstOrDefault())
{
    case "fuzz":
        return PatchFuzz.Run(Path.GetFullPath("../../../../../tests/fixtures/patching", AppContext.BaseDirectory), rounds);
    case "patch":
        return PatchBench.Run(folder, rounds);
    case "search":
        return await SearchBench.RunAsync(folder, rounds);
    case "snapshot":
        return await SnapshotBench.RunAsync(folder, rounds);
    default:
        Console.Error.WriteLine("Usage: search|snapshot|patch [ROUNDS], fuzz REPLIES");
        return 2;
}
