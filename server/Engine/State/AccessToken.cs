using System.Security.Cryptography;
using System.Text;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.State;

/// <summary>What a client of the HTTP face has to know. It stays the same over starts, so that the configurations of clients stay
/// valid.</summary>
/// <param name="File">Where it is kept; null: it came from the environment.</param>
public sealed record AccessToken(string Value, string? File)
{
    public const string Variable = "CODEX_SIDECAR_HTTP_TOKEN";

    // The beginning makes it a key to the redaction of logs and prompts (Policy/Secrets.cs), wherever a user pastes it.
    private const string Beginning = "sk-sidecar-";

    /// <param name="renew">Make a new one; clients with the old one are turned away from now on.</param>
    /// <exception cref="UsageException">The variable's value is too short to be a secret, or the file cannot be written.</exception>
    public static AccessToken Get(SidecarHome home, bool renew, string? fromEnvironment)
    {
        if (fromEnvironment is { Length: > 0 } given)
        {
            return given.Length >= 16
                ? new(given, null)
                : throw new UsageException($"{Variable} needs at least 16 characters, such as the output of: openssl rand -hex 32");
        }
        var file = Path.Join(home.State, "http-token");
        try
        {
            Disk.CreatePrivate(home.State);
            Disk.CreatePrivate(Path.Join(home.State, "locks"));
            using var held = LockedFile.OpenAlone(Path.Join(home.State, "locks", "http-token"), TimeProvider.System);
            if (!renew && System.IO.File.Exists(file) && System.IO.File.ReadAllText(file).Trim() is { Length: >= 16 } kept)
            {
                return new(kept, file);
            }
            var token = Beginning + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            Write(file, token);
            return new(token, file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The token cannot be kept in {file}: {DiskFault.Describe(refused)}");
        }
    }

    /// <summary>Private from its first byte on, and whole or not there.</summary>
    private static void Write(string file, string token)
    {
        var temporary = $"{file}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(token + "\n"));
        }
        System.IO.File.Move(temporary, file, overwrite: true);
    }
}
