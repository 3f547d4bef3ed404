using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Orchestration.Testing;

/// <summary>Tells whether two test runs failed in the same way: which tests, and with which first error, whatever the numbers and places in it.</summary>
internal static partial class FailureSignature
{
    /// <returns>16 hex digits.</returns>
    public static string Of(string output)
    {
        var failures = FailureBlocks.Find(OutputLines.Clean(output));
        var names = failures.Select(failure => failure.Name).Order(StringComparer.Ordinal);
        var error = FailureTrimmer.Trim(output, 2_000).Split('\n').Skip(failures.Count > 0 ? 1 : 0).FirstOrDefault(line => line.Trim().Length > 0) ?? "";
        var text = string.Join('\n', [.. names, Varying().Replace(error, "#").Trim()]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>Paths, then numbers.</summary>
    [GeneratedRegex(@"(?:[A-Za-z]:)?(?:[\w.\-~]*[/\\])+[\w.\-]*|-?\d+(?:[.,:]\d+)*")]
    private static partial Regex Varying();
}
