using CodexSidecar.Bench;

// npm run bench:search, bench:snapshot, bench:patch, bench:map, bench:fuzz: one run prints medians and the ratio to the program people are
// used to.
var rounds = args.Length > 1 ? int.Parse(args[1]) : 15;
using var folder = new BenchFolder(args.FirstOrDefault() is "search" or "snapshot" or "map" ? BenchFolder.Files : 0);
switch (args.FirstOrDefault())
{
    case "fuzz":
        return PatchFuzz.Run(Path.GetFullPath("../../../../../tests/fixtures/patching", AppContext.BaseDirectory), rounds);
    case "map":
        return MapBench.Run(folder, rounds, Path.GetFullPath("../../../../..", AppContext.BaseDirectory));
    case "patch":
        return PatchBench.Run(folder, rounds);
    case "search":
        return await SearchBench.RunAsync(folder, rounds);
    case "snapshot":
        return await SnapshotBench.RunAsync(folder, rounds);
    default:
        Console.Error.WriteLine("Usage: search|snapshot|patch|map [ROUNDS], fuzz REPLIES");
        return 2;
}
