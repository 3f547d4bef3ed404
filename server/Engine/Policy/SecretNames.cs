using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Policy;

/// <summary>Files that hold secrets, known by their names: never shown to the model. One list for paths of tools and for words of
/// commands.</summary>
internal static partial class SecretNames
{
    /// <param name="path">Relative, with <c>/</c>; also true for what lies in a folder of secrets.</param>
    public static bool Covers(string path) => Name().IsMatch(path);

    public static string? AmongWords(IReadOnlyList<string> argv) => argv.Skip(1).FirstOrDefault(Covers);

    // What comes before a name in a command can be an option (--file=.env), a revision (HEAD:.env) or curl's @.
    [GeneratedRegex(
        """
            (^|[/\\=:@]) (
                \.env (?! [._-](example|sample|template|dist|defaults?|schema) $ ) ([._-][\w.-]+
                | rc)?   # dotenv files; examples are meant to be read
              | (\w[\w.-]*)? \.(pem|key|pfx|p12|p8|jks|keystore|ppk|kdbx)
              | id_(rsa|dsa|ecdsa|ed25519)[\w-]*                                    # not the public half, .pub
              | \.npmrc | [._]netrc | \.pypirc | \.git-credentials | \.htpasswd | \.pgpass | \.my\.cnf | \.boto | \.s3cfg
              | \.dockercfg | \.vault-token | \.terraformrc
              | credentials | (application_default_)?credentials\.(json|ya?ml|toml) | client_secret[\w.-]*\.json
              | service[_-]?account[\w.-]*\.json
              | secrets?\.(json|ya?ml|toml) | shadow
            ) $
            | (^|[/\\=:@]) ( \.(ssh|aws|gnupg|kube|docker|azure) | \.config/(gcloud|gh) ) ([/\\]|$)
            | /proc/[^/]+/environ
            """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Name();
}
