using System.Security.Cryptography;
using System.Text;

namespace CodexSidecar.Testing;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("codex-sidecar-test-").FullName;

    public string this[string relative] => System.IO.Path.Join(Path, relative);

    public TemporaryFolder With(string relative, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[relative])!);
        File.WriteAllText(this[relative], text);
        return this;
    }

    public string Read(string relative) => File.ReadAllText(this[relative]);

    /// <summary>Every file, folder and link with its bytes and mode: equal texts, equal trees.</summary>
    public string Fingerprint()
    {
        var text = new StringBuilder();
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        foreach (
            var entry in new DirectoryInfo(Path)
                .EnumerateFileSystemInfos("*", options)
                .OrderBy(entry => entry.FullName, StringComparer.Ordinal)
        )
        {
            var content =
                entry.LinkTarget is { } target ? $"-> {target}"
                : entry is FileInfo file ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.FullName)))
                : "/";
            var mode = OperatingSystem.IsWindows() ? 0 : (int)entry.UnixFileMode;
            text.Append($"{System.IO.Path.GetRelativePath(Path, entry.FullName)} {mode} {content}\n");
        }
        return text.ToString();
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception busy) when (busy is IOException or UnauthorizedAccessException)
        {
            // The next boot clears the system's temporary folder; a test does not fail for that.
        }
    }
}
