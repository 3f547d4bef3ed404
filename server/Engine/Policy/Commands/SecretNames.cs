using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Policy.Commands;

/// <summary>File names that hold secrets, when they appear among a command's words.</summary>
internal static partial class SecretNames
{
    public static string? AmongWords(IReadOnlyList<string> argv) => argv.Skip(1).FirstOrDefault(word => Name().IsMatch(word));

    [GeneratedRegex(@"(^|[/\\=])(\.env(\.[\w.-]+)?|id_(rsa|dsa|ecdsa|ed25519)|[\w.-]+\.(pem|key|pfx|p12|keystore)|\.npmrc|\.netrc|\.pypirc|\.git-credentials|credentials|shadow)$|(^|/)\.(ssh|aws|gnupg|kube|docker)(/|$)|/proc/[^/]+/environ", RegexOptions.IgnoreCase)]
    private static partial Regex Name();
}
