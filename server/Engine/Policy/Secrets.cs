using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Policy;

/// <summary>Values that look like credentials are replaced before any text leaves for the model, the log, the audit or a cassette.</summary>
internal static class Secrets
{
    public static string Redact(string text)
    {
        foreach (var (kind, pattern) in Patterns)
        {
            text = pattern.Replace(text, $"[redacted:{kind}]");
        }
        return text;
    }

    // Non-backtracking: the text may be hostile and large.
    private static readonly (string Kind, Regex Pattern)[] Patterns =
    [
        ("private_key", new("-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----", RegexOptions.NonBacktracking)),
        ("aws_key", new(@"\b(AKIA|ASIA)[A-Z0-9]{16}\b", RegexOptions.NonBacktracking)),
        ("github_token", new(@"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})\b", RegexOptions.NonBacktracking)),
        ("api_key", new(@"\bsk-[A-Za-z0-9_-]{20,}\b", RegexOptions.NonBacktracking)),
        ("google_key", new(@"\bAIza[A-Za-z0-9_-]{35}\b", RegexOptions.NonBacktracking)),
        ("slack_token", new(@"\bxox[abprs]-[A-Za-z0-9-]{10,}\b", RegexOptions.NonBacktracking)),
        ("jwt", new(@"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\b", RegexOptions.NonBacktracking)),
        ("npm_token", new(@"\bnpm_[A-Za-z0-9]{36}\b", RegexOptions.NonBacktracking)),
    ];
}
