using System.Security.Cryptography;
using CodexSidecar.Engine.Sessions;
using CodexSidecar.Engine.Workspace;
using Serilog;

namespace CodexSidecar.Faces.Cli;

/// <summary>Faults of our own go to a file in the state folder; the user gets one sentence with the id to look for. Serilog is first touched here.</summary>
internal static class FaultLog
{
    /// <returns>The sentence for the user.</returns>
    public static string Write(SidecarHome home, Exception fault)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        return $"Something went wrong inside Codex Sidecar (error {id}: {fault.GetType().Name}). Details: {Append(home, $"{id} {fault}")}. Please report it with the id.";
    }

    /// <returns>The file, or why there is none.</returns>
    public static string Append(SidecarHome home, string text)
    {
        var folder = Path.Join(home.State, "logs");
        var file = Path.Join(folder, "sidecar.log");
        try
        {
            PrivateFolder.Create(folder);
            using var log = new LoggerConfiguration().WriteTo.File(file, shared: true, fileSizeLimitBytes: 8 << 20, rollOnFileSizeLimit: true, retainedFileCountLimit: 3).CreateLogger();
            log.Error("{Text:l}", text);
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"not kept, because the log cannot be written ({error.Message.TrimEnd('.')})";
        }
    }
}
