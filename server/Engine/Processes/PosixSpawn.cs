using System.ComponentModel;
using System.Runtime.InteropServices;

namespace CodexSidecar.Engine.Processes;

/// <summary>
/// Starts a process with posix_spawn. System.Diagnostics.Process (and CliWrap above it) cannot give a child one pipe for both outputs, its
/// own
/// session, chosen descriptors, or default signals: .NET ignores SIGPIPE and a child would inherit that.
/// </summary>
internal static unsafe partial class PosixSpawn
{
    private const short SetSignalDefaults = 4,
        SetSignalMask = 8,
        NewSession = 0x80;
    private const int OpenForReading = 0,
        OpenForWriting = 1;

    /// <param name="input">Becomes standard input; -1: that is empty.</param>
    /// <param name="output">Becomes standard output, and where there is no input standard error, too; else that is dropped.</param>
    /// <param name="inherited">Descriptors the child gets, and under which numbers.</param>
    /// <returns>The process id, which is also its process group and session.</returns>
    public static int Start(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string folder,
        int input,
        int output,
        params ReadOnlySpan<(int From, int To)> inherited
    )
    {
        // Larger than both structures and sigset_t in glibc and musl.
        var actions = stackalloc byte[256];
        var attributes = stackalloc byte[512];
        var signals = stackalloc byte[128];
        using var argv = new StringVector([program, .. arguments]);
        using var env = new StringVector([.. environment.Select(entry => $"{entry.Key}={entry.Value}")]);
        Check(posix_spawn_file_actions_init(actions));
        Check(posix_spawnattr_init(attributes));
        try
        {
            Check(posix_spawnattr_setflags(attributes, SetSignalDefaults | SetSignalMask | NewSession));
            sigemptyset(signals);
            Check(posix_spawnattr_setsigmask(attributes, signals));
            sigfillset(signals);
            Check(posix_spawnattr_setsigdefault(attributes, signals));
            Check(posix_spawn_file_actions_addchdir_np(actions, folder));
            Check(
                input >= 0
                    ? posix_spawn_file_actions_adddup2(actions, input, 0)
                    : posix_spawn_file_actions_addopen(actions, 0, "/dev/null", OpenForReading, 0)
            );
            Check(posix_spawn_file_actions_adddup2(actions, output, 1));
            Check(
                input >= 0
                    ? posix_spawn_file_actions_addopen(actions, 2, "/dev/null", OpenForWriting, 0)
                    : posix_spawn_file_actions_adddup2(actions, output, 2)
            );
            foreach (var (from, to) in inherited)
            {
                // Also onto itself: that takes close-on-exec away, in the child only.
                Check(posix_spawn_file_actions_adddup2(actions, from, to));
            }
            Libc.CloseAllOnExec();
            Check(posix_spawn(out var pid, program, actions, attributes, argv.Pointer, env.Pointer), program);
            return pid;
        }
        finally
        {
            posix_spawn_file_actions_destroy(actions);
            posix_spawnattr_destroy(attributes);
        }
    }

    private static void Check(int error, string what = "posix_spawn")
    {
        if (error != 0)
        {
            throw new Win32Exception(error, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(out int pid, string path, byte* actions, byte* attributes, byte** argv, byte** environment);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, string path);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* set);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* set);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* set);

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* set);
}
