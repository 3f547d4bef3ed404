using System.Text;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>A workspace file as text for a prompt: LF only, no byte order mark.</summary>
internal static class FileText
{
    private const int MostBytes = 1 << 20;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>Null: there is no such file, it is not for the model (secret by its name, or hidden), or it is not a text of at most 1 MiB.</returns>
    public static string? Read(WorkspaceRoot root, string path)
    {
        try
        {
            var place = WorkspacePath.Parse(path);
            if (FileActions.Hides(root, place) is not null)
            {
                return null;
            }
            var bytes = root.Read(place, MostBytes);
            return bytes.AsSpan().Contains((byte)0) ? null : Decode(bytes).Replace("\r\n", "\n", StringComparison.Ordinal);
        }
        catch (WorkspaceException)
        {
            return null;
        }
    }

    private static string Decode(byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }
}
