using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// For systems without <c>openat2</c>: the path is followed link by link by our own hand, what comes out is opened without following, and
/// then the path is
/// followed once more and has to end at the same place. Weaker than the kernel's own check: a link that is swapped twice within that moment
/// is not noticed.
/// </summary>
internal sealed partial class PlainJail : Jail
{
    private const int MostLinks = 40;

    public PlainJail(string folder)
    {
        Folder = Path.TrimEndingDirectorySeparator(FollowWhole(PathRules.Full(folder)));
    }

    public override string Folder { get; }

    public override JailFolder OpenFolder(WorkspacePath path, bool exact)
    {
        var place = Follow(path, exact);
        if (!Directory.Exists(Absolute(place)))
        {
            throw new CallFailed(Path.Exists(Absolute(place)) ? LinuxCalls.NotFolder : LinuxCalls.Missing, "open");
        }
        return new PlainFolder(Absolute(place));
    }

    public override SafeFileHandle OpenFile(WorkspacePath path)
    {
        var place = Follow(path, exact: false);
        var file = OpenFile(Absolute(place));
        if (Follow(path, exact: false) == place)
        {
            return file;
        }
        file.Dispose();
        throw new CallFailed(LinuxCalls.OtherDevice, "open");
    }

    public override WorkspacePath Resolve(WorkspacePath path)
    {
        var place = Follow(path, exact: false);
        return Path.Exists(Absolute(place)) ? place : throw new CallFailed(LinuxCalls.Missing, "open");
    }

    public override void Dispose() { }

    /// <summary>Neither waits for the other end of a FIFO nor follows a link.</summary>
    public static SafeFileHandle OpenFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new CallFailed(LinuxCalls.IsFolder, "open");
        }
        if (OperatingSystem.IsWindows())
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        var flags = OperatingSystem.IsLinux()
            ? LinuxCalls.NonBlocking | LinuxCalls.NoFollow | LinuxCalls.CloseOnExec
            : 0x4 | 0x100 | 0x1000000;
        var number = open(path, flags);
        var file = number < 0 ? throw CallFailed.OfLast("open") : new SafeFileHandle(number, ownsHandle: true);
        try
        {
            _ = RandomAccess.GetLength(file);
            return file;
        }
        catch (NotSupportedException)
        {
            file.Dispose();
            throw new CallFailed(LinuxCalls.NoDevice, "open");
        }
    }

    private string Absolute(WorkspacePath place) => place.IsRoot ? Folder : Path.Join(Folder, place.Value);

    private WorkspacePath Follow(WorkspacePath path, bool exact)
    {
        var (place, links) = (WorkspacePath.Root, 0);
        var rest = new Stack<string>(path.Value.Split('/').Reverse());
        while (rest.TryPop(out var part))
        {
            if (part is "" or ".")
            {
                continue;
            }
            if (part is "..")
            {
                place = place.IsRoot ? throw new CallFailed(LinuxCalls.OtherDevice, "open") : place.Parent;
                continue;
            }
            place = place.Child(part);
            if (new FileInfo(Absolute(place)).LinkTarget is { } target)
            {
                if (exact || ++links > MostLinks)
                {
                    throw new CallFailed(LinuxCalls.Loop, "open");
                }
                if (Path.IsPathRooted(target))
                {
                    throw new CallFailed(LinuxCalls.OtherDevice, "open");
                }
                place = place.Parent;
                foreach (var step in target.Split('/', Path.DirectorySeparatorChar).Reverse())
                {
                    rest.Push(step);
                }
            }
        }
        return place;
    }

    /// <summary>The root itself may be reached through links, as on macOS everything in /tmp is.</summary>
    private static string FollowWhole(string folder)
    {
        var place = Path.GetPathRoot(folder)!;
        foreach (var part in folder[place.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            place = Path.Join(place, part);
            place = Directory.ResolveLinkTarget(place, returnFinalTarget: true) is { } target ? FollowWhole(target.FullName) : place;
        }
        return place;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
