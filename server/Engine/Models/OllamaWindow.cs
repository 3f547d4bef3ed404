using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using static CodexSidecar.Engine.Models.TolerantJson;

namespace CodexSidecar.Engine.Models;

/// <summary>What Ollama's <c>/api/show</c> says of the window a model that is not in memory will get.</summary>
internal static partial class OllamaWindow
{
    /// <summary>What its smallest machines get: https://github.com/ollama/ollama/blob/main/docs/context-length.mdx.</summary>
    private const int Usual = 4096;

    /// <returns>Null: not told. What the model could have is no answer, unless that is less than anybody gets.</returns>
    public static int? Of(JsonElement? shown)
    {
        var parameters = Member(shown, "parameters") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
        var most = Member(shown, "model_info") is { ValueKind: JsonValueKind.Object } info
            ? info.EnumerateObject()
                .Where(one => one.Name.EndsWith(".context_length", StringComparison.Ordinal))
                .Select(one => ServedModel.Tokens(info, one.Name))
                .FirstOrDefault()
            : null;
        var set = Setting().Match(parameters) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : (int?)null;
        return set is { } tokens ? Math.Min(tokens, most ?? tokens)
            // A model in its cloud is never in memory here.
            : most < Usual || Member(shown, "remote_model") is not null ? most
            : null;
    }

    [GeneratedRegex(@"^\s*num_ctx\s+([1-9]\d{0,7})\b", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Setting();
}
