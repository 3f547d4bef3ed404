using System.Globalization;
using System.Security.Cryptography;
using Serilog;

namespace CodexSidecar.Engine.Sessions;

/// <summary>
/// Faults of our own go to a file in the state folder; the user gets one sentence with the id to look for. Serilog is first touched here.
/// </summary>
public static class FaultLog
{
    /// <returns>The sentence for the user.</returns>
    public static string Write(SidecarHome home, Exception fault) => Write(home, fault, out _);

    /// <returns>The sentence for the user. Writing never fails: a log that cannot be written is said in it.</returns>
    public static string Write(SidecarHome home, Exception fault, out string id)
    {
        id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var where = Append(home, $"{id} {fault}");
        return $"Something went wrong inside Codex Sidecar (error {id}: {fault.GetType().Name}). Details: {where}. "
            + "Please report it with the id.";
    }

    /// <returns>The file, or why there is none.</returns>
    public static string Append(SidecarHome home, string text)
    {
        var file = Path.Join(home.State, "logs", "sidecar.log");
        try
        {
            home.AtStep?.Invoke("fault log");
            Disk.CreatePrivate(Path.GetDirectoryName(file)!);
            using var log = new LoggerConfiguration().WriteTo.File(
                file, shared: true, fileSizeLimitBytes: 8 << 20, rollOnFileSizeLimit: true, retainedFileCountLimit: 3,
                formatProvider: CultureInfo.InvariantCulture).CreateLogger();
            log.Error("{Text:l}", text);
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"not kept, because the log cannot be written ({error.Message.TrimEnd('.')})";
        }
    }
}
