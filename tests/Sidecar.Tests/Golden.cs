using System.Runtime.CompilerServices;
using Xunit;

namespace CodexSidecar.Sidecar.Tests;

/// <summary>Files that are committed and compared. <c>UPDATE_GOLDEN=1</c> rewrites them instead.</summary>
internal static class Golden
{
    public static string Path(string relative) => System.IO.Path.Join(Root(), relative);

    public static void Check(string relative, string text)
    {
        var file = Path(relative);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : "", text);
    }

    /// <summary>The same for a text of the folder <c>goldens</c> beside the test.</summary>
    public static void Matches(string name, string actual, [CallerFilePath] string here = "") =>
        Check(
            System.IO.Path.GetRelativePath(Root(), System.IO.Path.Join(System.IO.Path.GetDirectoryName(here), "goldens", name + ".txt")),
            actual
        );

    private static string Root([CallerFilePath] string here = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Join(System.IO.Path.GetDirectoryName(here)!, "../.."));
}
