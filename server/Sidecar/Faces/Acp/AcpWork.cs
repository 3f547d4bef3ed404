using System.Text;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Acp;

/// <summary>A request's work, with the engine's refusals in the wire's words.</summary>
internal static class AcpWork
{
    /// <summary>Off the thread that keeps requests in order.</summary>
    public static Task<T> Off<T>(Func<Task<T>> work) => Of(Task.Run(work));

    public static async Task<T> Of<T>(Task<T> work)
    {
        try
        {
            return await work;
        }
        catch (BusyException busy)
        {
            throw new AcpError(AcpError.InvalidRequest, busy.Kind);
        }
        catch (UnknownItemException unknown)
        {
            throw unknown.Kind == "hunk"
                ? new AcpError(AcpError.InvalidParams, "unknown_hunk", "$.decisions")
                : new AcpError(AcpError.NotFound, unknown.Kind);
        }
        catch (UsageException)
        {
            throw new AcpError(AcpError.InvalidParams, "cwd", "$.cwd");
        }
    }
}

/// <summary>Lists come in pages; the cursor is opaque to clients.</summary>
internal static class AcpPage
{
    public const int Size = 50;

    public static string After(int skip) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"after {skip + Size}"));

    /// <returns>How many to leave out.</returns>
    public static int Read(string? cursor)
    {
        Span<byte> bytes = stackalloc byte[32];
        if (cursor is null)
        {
            return 0;
        }
        return
            cursor.Length <= 40
            && Convert.TryFromBase64String(cursor, bytes, out var length)
            && bytes[..length].StartsWith("after "u8)
            && int.TryParse(bytes[6..length], out var skip)
            && skip > 0
            ? skip
            : throw new AcpError(AcpError.InvalidParams, "cursor", "$.cursor");
    }
}
