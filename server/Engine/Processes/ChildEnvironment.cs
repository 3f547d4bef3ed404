using CodexSidecar.Contracts;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Processes;

/// <summary>What a child sees of our environment: a short list of names that tools need to be found, and settings that keep them quiet and
/// offline.</summary>
internal static class ChildEnvironment
{
    /// <summary>Named by the marker of a command; see <see cref="ProcessTree"/>.</summary>
    public const string MarkerName = "CODEX_SIDECAR_COMMAND";

    private static readonly string[] Passed =
    [
        .. WordList.Of(
            """
            HOME USER LOGNAME LANG LC_ALL LC_CTYPE TZ TMPDIR DOTNET_ROOT JAVA_HOME MAVEN_HOME M2_HOME GRADLE_HOME GOROOT GOPATH
            GOMODCACHE CARGO_HOME RUSTUP_HOME RUSTUP_TOOLCHAIN PYENV_ROOT PYENV_VERSION VIRTUAL_ENV CONDA_PREFIX NVM_DIR NVM_BIN
            VOLTA_HOME ASDF_DIR ASDF_DATA_DIR MISE_DATA_DIR RBENV_ROOT GEM_HOME GEM_PATH SDKMAN_DIR ANDROID_HOME LD_LIBRARY_PATH
            NIX_PROFILES NIX_LD NIX_LD_LIBRARY_PATH SystemRoot SystemDrive ComSpec PATHEXT TEMP TMP USERPROFILE APPDATA
            LOCALAPPDATA ProgramData ProgramFiles ProgramFiles(x86) NUMBER_OF_PROCESSORS
            """
        ),
    ];

    private static readonly (string Name, string Value)[] Fixed =
    [
        ("TERM", "dumb"),
        ("NO_COLOR", "1"),
        ("CI", "1"),
        ("PAGER", "cat"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("CARGO_NET_OFFLINE", "true"),
        ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
        ("DOTNET_NOLOGO", "1"),
        ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"),
        ("DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE", "true"),
        ("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false"),
        ("MSBUILDDISABLENODEREUSE", "1"),
        ("UseSharedCompilation", "false"),
        ("NuGetAudit", "false"),
        ("NUGET_CERT_REVOCATION_MODE", "offline"),
        ("npm_config_update_notifier", "false"),
        ("npm_config_audit", "false"),
        ("npm_config_fund", "false"),
    ];

    /// <param name="workspace">Nothing below it may be on the path: a planted <c>node_modules/.bin/ls</c> must not be what <c>ls</c>
    /// means.</param>
    /// <param name="temporary">The folder for temporary files inside the sandbox; null where the command sees the system's own.</param>
    public static Dictionary<string, string> Build(Func<string, string?> read, string workspace, string? temporary, string marker)
    {
        var environment = Fixed.ToDictionary(entry => entry.Name, entry => entry.Value);
        foreach (var name in Passed)
        {
            if (read(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }
        environment["PATH"] = SafePath(read("PATH") ?? "/usr/local/bin:/usr/bin:/bin", workspace, PathRules.Here);
        environment[MarkerName] = marker;
        if (temporary is not null)
        {
            environment["TMPDIR"] = temporary;
            environment["DOTNET_CLI_HOME"] = temporary;
            environment["npm_config_cache"] = $"{temporary}/npm-cache";
            environment["GOCACHE"] = $"{temporary}/go-build";
            // With DOTNET_CLI_HOME elsewhere NuGet would look for its packages there.
            environment["NUGET_PACKAGES"] = read("NUGET_PACKAGES") ?? $"{read("HOME")}/.nuget/packages";
        }
        return environment;
    }

    /// <summary>Without folders that are in the workspace, or that are found from wherever the command stands.</summary>
    public static string SafePath(string path, string workspace, PathRules rules) =>
        string.Join(
            rules.ListSeparator,
            path.Split(rules.ListSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Where(folder => rules.IsFull(folder) && !rules.IsBelow(folder, workspace))
                .Distinct()
        );
}
