using System.Runtime.InteropServices;
using CodexSidecar.Engine.Tests.Workspace;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Snapshots;

/// <summary>One thing a program can do to a tree, by itself or as a line of a shell script; whatever does not fit the tree is not
/// done.</summary>
internal sealed record TreeEdit(int What, string Path, string Other, byte[] Bytes, int Mode)
{
    private const int Kinds = 12;

    private static readonly int[] Modes = [0b110_100_100, 0b111_101_101, 0b110_000_000, 0b100_100_100];

    private static readonly string[] Names = ["a", "b", "sp ace", "d\ne", "é", "日本.txt", "-x", ".y"];

    /// <summary>What lies in <c>repo/</c> is edited, but never that folder itself: a nested repository is left alone by snapshots, so it
    /// would not come back.</summary>
    private static readonly Gen<string> SomePath = Gen.Select(Gen.Int[0, Names.Length - 1].Array[1, 3], Gen.Int[0, 9])
        .Select((at, top) => (top == 0 ? "repo/" : "") + string.Join('/', at.Select(one => Names[one])));

    public static Gen<TreeEdit[]> Some { get; } =
        Gen.Select(Gen.Int[0, Kinds - 1], SomePath, SomePath, Gen.Byte.Array[0, 4], Gen.Int[0, 3])
            .Select((what, path, other, bytes, mode) => new TreeEdit(what, path, other, bytes, mode))
            .Array[1, 20];

    /// <summary>The same from a seed that is only a number.</summary>
    public static TreeEdit[] Of(Random random)
    {
        string Path() => string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Names[random.Next(Names.Length)]));
        return
        [
            .. Enumerable
                .Range(0, random.Next(1, 40))
                .Select(_ => new TreeEdit(
                    random.Next(Kinds),
                    Path(),
                    Path(),
                    [.. Enumerable.Range(0, random.Next(5)).Select(_ => (byte)random.Next(256))],
                    random.Next(4)
                )),
        ];
    }

    private byte[] Content =>
        What switch
        {
            8 => [.. "first\r\nsecond\n"u8, .. Bytes],
            9 when Bytes is [< 8, _, _, _] => [.. Enumerable.Repeat(Bytes, 800_000).SelectMany(bytes => bytes)],
            9 => [],
            _ => Bytes,
        };

    public void Do(TreeFolder tree)
    {
        try
        {
            Do(tree, tree.At(Path), tree.At(Other));
        }
        catch (Exception impossible) when (impossible is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>A line for <c>sh</c> in the workspace; it may fail.</summary>
    public string Script()
    {
        var (path, other) = (Quoted(Path), Quoted(Other));
        var parent = Quoted(System.IO.Path.GetDirectoryName(Path)!);
        return What switch
            {
                3 => $"mkdir -p {parent}; ln -s {Quoted(Other, "")} {path}",
                4 => $"mkdir -p {path}",
                5 => $"rm -rf {path}",
                6 => $"[ -L {path} ] || chmod {(Mode == 1 ? "u+rwx,g+x" : "g-w,o-r")} {path}",
                7 => $"mv -T {path} {other}",
                10 => $"mkdir -p {parent}; ln {other} {path}",
                11 => $"[ -f {path} ] && echo more >> {path}",
                9 when Content.Length > 0 => $"mkdir -p {parent}; rm -f {path}; head -c 3000001 /dev/zero > {path}",
                _ => $"mkdir -p {parent}; rm -f {path}; printf "
                    + $"'{string.Concat(Content.Select(one => $"\\{Convert.ToString(one, 8).PadLeft(3, '0')}"))}' > {path}",
            } + "\n";
    }

    public override string ToString() => $"{What} {Path} {Other} {Convert.ToHexString(Bytes)} {Mode}";

    private void Do(TreeFolder tree, string path, string other)
    {
        switch (What)
        {
            case 3:
                tree.Link(Path, Other);
                break;
            case 4:
                Directory.CreateDirectory(path);
                break;
            case 5 when Directory.Exists(path) && new FileInfo(path).LinkTarget is null:
                Directory.Delete(path, recursive: true);
                break;
            case 5:
                File.Delete(path);
                break;
            case 6 when !OperatingSystem.IsWindows() && new FileInfo(path).LinkTarget is null && System.IO.Path.Exists(path):
                File.SetUnixFileMode(path, (UnixFileMode)(Modes[Mode] | (Directory.Exists(path) ? 0b111_000_000 : 0)));
                break;
            case 6:
                break;
            case 7:
                Directory.Move(path, other);
                break;
            case 10:
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                _ = Link(other, path);
                break;
            case 11 when File.Exists(path):
                File.AppendAllText(path, "more\n");
                break;
            case 11:
                break;
            default:
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                File.Delete(path);
                File.WriteAllBytes(path, Content);
                break;
        }
    }

    private static string Quoted(string path, string before = "./") => $"'{before}{path}'";

    /// <summary>A second name for a file.</summary>
    [DllImport("libc", EntryPoint = "link")]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
