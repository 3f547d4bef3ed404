using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Testing;

/// <summary>Output as lines that a pattern can be tried on: no terminal codes, no endless lines.</summary>
internal static partial class OutputLines
{
    private const int LongestLine = 2_000;

    public static IReadOnlyList<string> Clean(string output) =>
        [
            .. TerminalCode()
                .Replace(output, "")
                .Split('\n')
                .Select(line => line.TrimEnd('\r'))
                // A progress line is drawn over and over; the last drawing counts.
                .Select(line => line[(line.LastIndexOf('\r') + 1)..])
                .Select(line => line.Length <= LongestLine ? line : line[..LongestLine] + "…"),
        ];

    /// <summary>Colours and cursor moves (CSI), titles and links (OSC), other escapes, and control characters that are not white
    /// space.</summary>
    [GeneratedRegex(@"\x1B\[[0-?]*[ -/]*[@-~]|\x1B\][^\x07\x1B]{0,4096}(\x07|\x1B\\)|\x1B[@-Z\\-_]|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]")]
    private static partial Regex TerminalCode();
}
