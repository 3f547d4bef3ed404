using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Policy;

/// <summary>Values that look like credentials are replaced before any text leaves for the model, the log, the audit or a
/// cassette.</summary>
internal static class Secrets
{
    public static string Redact(string text)
    {
        foreach (var (kind, pattern) in Patterns)
        {
            text = pattern.Replace(text, $"[redacted:{kind}]");
        }
        foreach (var (kind, pattern) in Assignments)
        {
            text = pattern.Replace(text, match =>
                LooksRandom(match.Groups[2].ValueSpan) && !match.Groups[1].ValueSpan.Contains("public", StringComparison.OrdinalIgnoreCase)
                    ? $"{match.Groups[1]}[redacted:{kind}]{match.Groups[3]}"
                    : match.Value
            );
        }
        return text;
    }

    // Non-backtracking: the text may be hostile and large.
    private static readonly (string Kind, Regex Pattern)[] Patterns =
    [
        (
            "private_key",
            new(
                "-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----([^-]|-[^-])*-----END [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----",
                RegexOptions.NonBacktracking
            )
        ),
        // Its end may be cut off.
        (
            "private_key",
            new(
                @"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----[\s\\nr""]*([A-Za-z-]+: [^\n]*\s+)*[A-Za-z0-9+/=]{40,}[A-Za-z0-9+/=\s\\]*",
                RegexOptions.NonBacktracking
            )
        ),
        ("aws_key", new(@"\b(AKIA|ASIA)[A-Z0-9]{16}\b", RegexOptions.NonBacktracking)),
        ("github_token", new(@"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})\b", RegexOptions.NonBacktracking)),
        ("gitlab_token", new(@"\bglpat-[A-Za-z0-9_-]{20,}", RegexOptions.NonBacktracking)),
        ("api_key", new(@"\b(sk-[A-Za-z0-9_-]{20,}|[sr]k_live_[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{30,})\b", RegexOptions.NonBacktracking)),
        ("google_key", new(@"\bAIza[A-Za-z0-9_-]{35}\b", RegexOptions.NonBacktracking)),
        ("slack_token", new(@"\bxox[abprs]-[A-Za-z0-9-]{10,}\b", RegexOptions.NonBacktracking)),
        ("jwt", new(@"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\b", RegexOptions.NonBacktracking)),
        ("npm_token", new(@"\bnpm_[A-Za-z0-9]{36}\b", RegexOptions.NonBacktracking)),
    ];

    // Groups: what stays before, the value, what stays after. The value must also look random, so that code is left as it is.
    private static readonly (string Kind, Regex Pattern)[] Assignments =
    [
        (
            "secret",
            new(
                @"([A-Za-z0-9_.-]*(?:password|passwd|secret|token|credential|api[_-]?key|access[_-]?key|account[_-]?key"
                    + @"|private[_-]?key|auth[_-]?key)[""']?\s{0,4}(?:=>|:=|==?|:)\s{0,4}[""']?)([A-Za-z0-9+/_.~-]{16,}={0,2})()",
                RegexOptions.NonBacktracking | RegexOptions.IgnoreCase
            )
        ),
        (
            "secret",
            new(
                @"(\bauthorization[""']?\s{0,4}[:=]\s{0,4}[""']?(?:bearer|basic|token)\s{1,4})([A-Za-z0-9+/_.~-]{16,}={0,2})()",
                RegexOptions.NonBacktracking | RegexOptions.IgnoreCase
            )
        ),
        (
            "password",
            new(@"(\b[a-z][a-z0-9+.-]*://[^\s/:@""']*:)([^\s/:@""']{12,})(@)", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)
        ),
    ];

    /// <summary>Digits among letters, and hardly any sign twice: names, paths, versions and words of code are not like that.</summary>
    private static bool LooksRandom(ReadOnlySpan<char> value)
    {
        var (digits, letters, steps) = (0, 0, 0);
        Span<int> counts = stackalloc int[128];
        for (var index = 0; index < value.Length; index++)
        {
            digits += char.IsAsciiDigit(value[index]) ? 1 : 0;
            letters += char.IsAsciiLetter(value[index]) ? 1 : 0;
            steps += index > 0 && char.IsAsciiDigit(value[index]) != char.IsAsciiDigit(value[index - 1]) ? 1 : 0;
            counts[value[index] & 127]++;
        }
        var entropy = 0.0;
        foreach (var count in counts)
        {
            entropy -= count == 0 ? 0 : (double)count / value.Length * Math.Log2((double)count / value.Length);
        }
        return digits >= 2 && letters >= 4 && steps >= 4 && entropy >= 3.2;
    }
}
