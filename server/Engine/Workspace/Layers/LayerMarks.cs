using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Workspace;

/// <summary>
/// What the kernel's overlayfs writes into an upper folder beside files, and reads there, when it is mounted with <c>userxattr</c>.
/// https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories
/// </summary>
internal static class LayerMarks
{
    private const string OpaqueName = "user.overlay.opaque",
        WhiteoutName = "user.overlay.whiteout";
    private const byte Yes = (byte)'y',
        HoldsWhiteouts = (byte)'x';
    private const byte DeviceType = 2,
        UnknownType = 0,
        FileType = 8;

    /// <summary>Nothing of the lower folder of the same path shows in this one.</summary>
    public static bool IsOpaque(SafeFileHandle folder) => LinuxCalls.Attribute(folder, OpaqueName) == Yes;

    public static void MakeOpaque(SafeFileHandle folder) => LinuxCalls.SetAttribute(folder, OpaqueName, Yes);

    /// <summary>Also the other form, an empty file with an attribute, which other programs make where they may make no devices.</summary>
    public static bool IsWhiteout(SafeFileHandle folder, string name, in LinuxStat facts) =>
        facts.IsWhiteout || (facts is { Kind: EntryKind.File, Size: 0 } && IsMarkedFile(folder, name));

    /// <summary>Of an upper folder; whiteouts are told as such.</summary>
    /// <param name="take">Called with the name as the disk has it, the entry, and whether it is a whiteout.</param>
    public static void Read(LinuxFolder folder, EntryTaker take)
    {
        var hasMarkedFiles = LinuxCalls.Attribute(folder.Handle, OpaqueName) == HoldsWhiteouts;
        LinuxFolder.ReadEntries(folder.Handle, (name, type) =>
        {
            var entry = folder.Entry(name, type);
            var mayBe = type is DeviceType or UnknownType || (hasMarkedFiles && type is FileType);
            take(name, entry, mayBe && IsWhiteout(folder.Handle, entry, type));
        });
    }

    public delegate void EntryTaker(ReadOnlySpan<byte> name, FolderEntry entry, bool isWhiteout);

    /// <summary>Of a lower folder: the kernel hides a device 0/0 there too.</summary>
    public static FileFact? LookBelow(LinuxFolder folder, string name, WorkspacePath path) =>
        folder.Look(name, path) is { } fact && !(fact.Kind is EntryKind.Special && IsBelow(folder, name) is false) ? fact : null;

    /// <summary>Whether a lower folder shows something under the name.</summary>
    public static bool IsBelow(LinuxFolder folder, string name) =>
        LinuxCalls.TryStat(folder.Handle, name, out var facts) && !facts.IsWhiteout;

    /// <summary>A string that only entries of the same name have, text or not.</summary>
    public static string Key(ReadOnlySpan<byte> name, FolderEntry entry) =>
        entry.IsText ? entry.Name : '\0' + Encoding.Latin1.GetString(name);

    private static bool IsWhiteout(SafeFileHandle folder, FolderEntry entry, byte type) =>
        // Nobody but overlayfs makes devices in an upper folder: what cannot be looked at is one of its marks.
        entry.IsText
            ? LinuxCalls.TryStat(folder, entry.Name, out var facts) && IsWhiteout(folder, entry.Name, facts)
            : type is DeviceType;

    private static bool IsMarkedFile(SafeFileHandle folder, string name)
    {
        try
        {
            using var file = LinuxJail.OpenFile(folder, name, LinuxCalls.NoLinks);
            return LinuxCalls.HasAttribute(file, WhiteoutName);
        }
        catch (CallFailed)
        {
            return false; // not readable, so its attributes are not either
        }
    }
}
