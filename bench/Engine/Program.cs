using CodexSidecar.Bench;

// npm run bench:search, npm run bench:snapshot: one run prints medians and the ratio to the program people are used to.
var rounds = args.Length > 1 ? int.Parse(args[1]) : 15;
using var folder = new BenchFolder();
switch (args.FirstOrDefault())
{
    case "search":
        return await SearchBench.RunAsync(folder, rounds);
    case "snapshot":
        return await SnapshotBench.RunAsync(folder, rounds);
    default:
        Console.Error.WriteLine("Usage: search|snapshot [ROUNDS]");
        return 2;
}
