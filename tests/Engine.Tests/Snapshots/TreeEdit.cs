using CodexSidecar.Engine.Tests.Workspace;
using CsCheck;

namespace CodexSidecar.Engine.Tests.Snapshots;

/// <summary>One thing a program can do to a tree; whatever does not fit the tree is not done.</summary>
internal sealed record TreeEdit(int What, string Path, string Other, byte[] Bytes, int Mode)
{
    private static readonly int[] Modes = [0b110_100_100, 0b111_101_101, 0b110_000_000, 0b100_100_100];

    private static readonly Gen<string> SomePath = Gen.Int[0, 5].Select(at => new[] { "a", "b", "c", "d\ne", "é", ".x" }[at]).Array[1, 3].Select(parts => string.Join('/', parts));

    public static Gen<TreeEdit[]> Some { get; } =
        Gen.Select(Gen.Int[0, 7], SomePath, SomePath, Gen.Byte.Array[0, 4], Gen.Int[0, 3]).Select((what, path, other, bytes, mode) => new TreeEdit(what, path, other, bytes, mode)).Array[1, 20];

    public void Do(TreeFolder tree)
    {
        try
        {
            Do(tree, tree.At(Path), tree.At(Other));
        }
        catch (Exception impossible) when (impossible is IOException or UnauthorizedAccessException)
        {
        }
    }

    public override string ToString() => $"{What} {Path} {Other} {Convert.ToHexString(Bytes)} {Mode}";

    private void Do(TreeFolder tree, string path, string other)
    {
        switch (What)
        {
            case 0 or 1 or 2:
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                File.Delete(path);
                File.WriteAllBytes(path, Bytes);
                break;
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
            case 7:
                Directory.Move(path, other);
                break;
        }
    }
}
