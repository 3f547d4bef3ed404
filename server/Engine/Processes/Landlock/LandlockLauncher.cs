using System.Collections;
using System.ComponentModel;
using System.Runtime.InteropServices;
using CodexSidecar.Engine.Processes.Seccomp;

namespace CodexSidecar.Engine.Processes.Landlock;

/// <summary>
/// The process that locks itself in and becomes the command, without a new process in between: a rule set is a thread's own, so all of it,
/// execve too, happens on this one thread.
/// </summary>
internal static class LandlockLauncher
{
    private const int CannotRun = 126;

    /// <param name="args"><c>--write FOLDER</c> and <c>--hide PATH</c>, any number; <c>--</c>; the program with its arguments.</param>
    /// <returns>Only when the command did not come to run.</returns>
    public static int Run(IReadOnlyList<string> args)
    {
        var start = args.ToList().IndexOf("--");
        var options = args.Take(start).Chunk(2).ToLookup(pair => pair[0], pair => pair[1]);
        var argv = args.Skip(start + 1).ToList();
        try
        {
            LandlockCalls.Prepare();
            LockIn([.. options["--write"]], [.. options["--hide"]]);
            return Fail($"{argv[0]}: {LandlockCalls.Become(argv, Variables())}");
        }
        catch (Win32Exception refused)
        {
            return Fail($"the sandbox could not be set up: {refused.Message}");
        }
    }

    private static void LockIn(IReadOnlyList<string> writable, IReadOnlyList<string> hidden)
    {
        var version = LandlockCalls.Version();
        var all = LandlockCalls.Handled(version);
        var ruleset = LandlockCalls.Create(version);
        foreach (var path in LandlockPlan.Readable("/", hidden))
        {
            LandlockCalls.Allow(ruleset, path, LandlockCalls.Reading);
        }
        foreach (var folder in writable)
        {
            LandlockCalls.Allow(ruleset, folder, all & ~LandlockCalls.MakeDevices);
        }
        foreach (var device in LandlockPlan.Devices)
        {
            LandlockCalls.Allow(ruleset, device, all & (LandlockCalls.OfFiles & ~LandlockCalls.Execute));
        }
        var filter = SeccompFilter.Build(RuntimeInformation.ProcessArchitecture, SeccompRules.WithoutNetwork)
            ?? throw new Win32Exception("there is no system call filter for this processor");
        LandlockCalls.Restrict(ruleset);
        LandlockCalls.Install(filter);
    }

    /// <summary>Without what only this process was meant to see.</summary>
    private static List<string> Variables() =>
        [
            .. Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .Where(entry => !OwnProgram.Quick.ContainsKey((string)entry.Key))
                .Select(entry => $"{entry.Key}={entry.Value}"),
        ];

    private static int Fail(string why)
    {
        using var error = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(2, ownsHandle: false), FileAccess.Write);
        error.Write(System.Text.Encoding.UTF8.GetBytes($"codex-sidecar: {why}\n"));
        return CannotRun;
    }
}
