using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Testing;

/// <summary>Tells whether two test runs failed in the same way: which tests, and with which errors, whatever the numbers and places in
/// them.</summary>
internal static partial class FailureSignature
{
    /// <returns>16 hex digits.</returns>
    public static string Of(string output)
    {
        var failures = FailureBlocks.Find(OutputLines.Clean(output));
        var names = failures.Select(failure => failure.Name).Order(StringComparer.Ordinal);
        var errors = FailureTrimmer
            .Trim(output, 2_000)
            .Split('\n')
            .Where(line => !Place().IsMatch(line))
            .Select(line => Varying().Replace(line, "#").Trim());
        var text = string.Join('\n', [.. names, .. errors]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>Lines of a stack trace, a link or a duration.</summary>
    [GeneratedRegex(@"^\s*(?:at |File ""|in |location:|duration)|file://")]
    private static partial Regex Place();

    /// <summary>Paths, then numbers.</summary>
    [GeneratedRegex(@"(?:[A-Za-z]:)?(?:[\w.\-~]*[/\\])+[\w.\-]*|-?\d+(?:[.,:]\d+)*")]
    private static partial Regex Varying();
}
