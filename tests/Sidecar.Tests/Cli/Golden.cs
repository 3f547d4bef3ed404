using System.Runtime.CompilerServices;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

/// <summary>Compares with a committed text file; UPDATE_GOLDEN=1 rewrites it.</summary>
internal static class Golden
{
    public static void Matches(string name, string actual, [CallerFilePath] string here = "")
    {
        var file = Path.Join(Path.GetDirectoryName(here), "goldens", name + ".txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, actual);
        }
        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : $"no golden {file}", actual);
    }
}
