using System.Text;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Prompts;

/// <summary>A workspace file as text for a prompt: LF only, no byte order mark.</summary>
internal static class ReadableText
{
    private const int MostBytes = 1 << 20;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>Null: there is no such file, it is not for the model (secret by its name, or hidden), or it is not a text of at most 1
    /// MiB.</returns>
    public static string? Read(WorkspaceRoot root, string path)
    {
        try
        {
            var place = WorkspacePath.Parse(path);
            return FileActions.Hides(root, place) is null ? Text(root.Read(place, MostBytes)) : null;
        }
        catch (WorkspaceException)
        {
            return null;
        }
    }

    /// <summary>The same for a path of the walk, which names no links and nothing hidden: many times faster.</summary>
    public static string? ReadListed(WorkspaceRoot root, string path)
    {
        try
        {
            return SecretNames.Covers(path) ? null : Text(root.Read(WorkspacePath.OfDisk(path), MostBytes));
        }
        catch (WorkspaceException)
        {
            return null;
        }
    }

    private static string? Text(byte[] bytes) =>
        bytes.AsSpan().Contains((byte)0) ? null : Decode(bytes).Replace("\r\n", "\n", StringComparison.Ordinal);

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
