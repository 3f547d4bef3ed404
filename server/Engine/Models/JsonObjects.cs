using System.Text;
using System.Text.Json;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// Finds JSON objects in what a model wrote: between prose, in fences, with comments and trailing commas, without the last closers.
/// </summary>
internal static class JsonObjects
{
    // Every beginning is looked at to the end of the text: a bounded number of them keeps that linear.
    private const int MostTries = 64,
        Deepest = 32;
    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = Deepest,
    };

    public static bool Any(string text)
    {
        foreach (var found in Find(text))
        {
            found.Dispose();
            return true;
        }
        return false;
    }

    /// <summary>Top-level objects in order; the caller disposes them.</summary>
    public static IEnumerable<JsonDocument> Find(string text)
    {
        var tries = 0;
        for (var at = text.IndexOf('{'); at >= 0 && tries < MostTries; at = at < text.Length ? text.IndexOf('{', at) : -1)
        {
            tries++;
            var (length, closers) = Balance(text, at);
            if (Parse(text.AsSpan(at, length).ToString() + closers) is { } document)
            {
                yield return document;
                at += length;
            }
            else
            {
                at++;
            }
        }
    }

    /// <summary>How far the object goes, and which closers are missing when the text ends first.</summary>
    private static (int Length, string Closers) Balance(string text, int start)
    {
        var open = new Stack<char>();
        var inString = false;
        for (var at = start; at < text.Length; at++)
        {
            var sign = text[at];
            if (inString)
            {
                at += sign == '\\' ? 1 : 0;
                inString = sign != '"';
            }
            else if (sign == '"')
            {
                inString = true;
            }
            else if (sign is '{' or '[')
            {
                open.Push(sign == '{' ? '}' : ']');
            }
            else if (sign is '}' or ']' && open.Count > 0)
            {
                open.Pop();
                if (open.Count == 0)
                {
                    return (at - start + 1, "");
                }
            }
        }
        var closers = new StringBuilder(inString ? "\"" : "");
        return open.Count > Deepest ? (text.Length - start, "") : (text.Length - start, closers.AppendJoin("", open).ToString());
    }

    private static JsonDocument? Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, Lenient);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
