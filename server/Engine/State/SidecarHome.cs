using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Engine.State;

/// <summary>The three folders the product owns, all outside any workspace, and what the program around the engine brings.</summary>
/// <param name="State">Runs, snapshots, audit log, locks.</param>
/// <param name="Cache">Endpoint profiles; may be deleted at any time.</param>
/// <param name="Config">The user's configuration.</param>
public sealed record SidecarHome(string State, string Cache, string Config)
{
    /// <summary>Hears of each step that writes in the state folder or ends a run, before it is made; a test lets it fail there.</summary>
    internal Action<string>? AtStep { get; init; }

    /// <summary>Where the before-states of runs are kept.</summary>
    internal string Snapshots => Path.Join(State, "snapshots");

    /// <summary>Where the changes of runs and commands lie that work in a shadow.</summary>
    internal string Shadows => Path.Join(State, "shadows");

    /// <summary>The program's one log.</summary>
    public ProgramLog Log { get; init; } = new(State);

    /// <summary>
    /// Makes the client of one of the user's MCP servers, of the stream that its program reads and the one that it writes. Null: no run
    /// may use such servers.
    /// </summary>
    public Func<Stream, Stream, TimeProvider, IExtraClient>? ConnectExtra { get; init; }

    /// <summary>How a model server is looked for and spoken to, as these settings say.</summary>
    internal ModelSettings ModelSettings(RunSettings settings) =>
        new(
            settings.BaseUrl,
            settings.Model,
            settings.ApiKeyEnv,
            settings.Cassette,
            [],
            settings.RecordLabel,
            Cache,
            Environment.GetEnvironmentVariable
        )
        {
            Log = Log.Lines,
        };

    /// <summary><c>CODEX_SIDECAR_HOME</c> moves everything to one folder; else the XDG folders, or their counterpart on Windows.</summary>
    /// <exception cref="UsageException"><see cref="ProgramLog.Variable"/> names no level.</exception>
    public static SidecarHome FromEnvironment(Func<string, string?> variable)
    {
        var home = Folders(variable);
        return home with { Log = ProgramLog.Of(home.State, variable(ProgramLog.Variable)) };
    }

    private static SidecarHome Folders(Func<string, string?> variable)
    {
        if (variable("CODEX_SIDECAR_HOME") is { Length: > 0 } home)
        {
            var root = Path.GetFullPath(home, Environment.CurrentDirectory);
            return new SidecarHome(Path.Join(root, "state"), Path.Join(root, "cache"), Path.Join(root, "config"));
        }
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return OperatingSystem.IsWindows()
            ? new SidecarHome(
                Path.Join(local, "codex-sidecar", "state"),
                Path.Join(local, "codex-sidecar", "cache"),
                Path.Join(local, "codex-sidecar", "config")
            )
            : new SidecarHome(Xdg("XDG_STATE_HOME", ".local/state"), Xdg("XDG_CACHE_HOME", ".cache"), Xdg("XDG_CONFIG_HOME", ".config"));

        // The XDG specification: a relative value is to be ignored.
        string Xdg(string name, string otherwise) =>
            Path.Join(
                variable(name) is { Length: > 0 } folder && Path.IsPathRooted(folder) ? folder : Path.Join(user, otherwise),
                "codex-sidecar"
            );
    }
}
