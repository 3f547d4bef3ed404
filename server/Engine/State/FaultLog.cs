using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace CodexSidecar.Engine.State;

/// <summary>Faults of our own go to the program's log; the user gets one sentence with the id to look for.</summary>
public static partial class FaultLog
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
        try
        {
            home.AtStep?.Invoke("fault log");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return NotKept(refused.Message);
        }
        OwnFault(home.Log.Lines, text);
        return home.Log.Problem is { } problem ? NotKept(problem) : home.Log.File;
    }

    private static string NotKept(string why) => $"not kept, because the log cannot be written ({why.TrimEnd('.')})";

    [LoggerMessage(Level = LogLevel.Error, Message = "{Text}")]
    private static partial void OwnFault(ILogger log, string text);
}
