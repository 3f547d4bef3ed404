using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// A recording of the exchanges of one run, as JSON lines: a header, then exchanges in the order of their replies. A text that several
/// prompts share has a line of its own before the first exchange that needs it. No keys, no URLs, no clock times.
/// </summary>
internal sealed record Cassette(
    CassetteHeader Header,
    IReadOnlyDictionary<string, string> Texts,
    IReadOnlyList<CassetteExchange> Exchanges,
    IReadOnlyDictionary<string, int> Weights
)
{
    public const int Format = 1;
}

/// <summary>One line; exactly one of its fields is there.</summary>
/// <param name="Weights">What the votes weighed in this run, by role, when not all weighed the same: a replay on a machine with another
/// track record must count them alike.</param>
internal sealed record CassetteLine(
    CassetteHeader? Header = null,
    CassetteText? Text = null,
    CassetteExchange? Exchange = null,
    IReadOnlyDictionary<string, int>? Weights = null
);

/// <param name="Label">Where the replies come from: "recorded from MODEL", "written for this sample".</param>
/// <param name="TokenFactor">At the start of the run; what fits the window depends on it.</param>
/// <param name="Schema">The server held replies to a JSON schema, so votes were asked for in that form.</param>
internal sealed record CassetteHeader(
    int Format,
    string Product,
    string Label,
    string Model,
    int Window,
    double TokenFactor,
    bool? Schema = null
);

internal sealed record CassetteText(string Hash, string Text);

/// <param name="Text">Hash of the text.</param>
internal sealed record CassetteMessage(PromptRole Role, string Text);

internal sealed record CassetteOptions(int MaxOutputTokens, double Temperature, int Seed, string? Schema = null)
{
    public static CassetteOptions Of(ModelPrompt prompt) => new(prompt.MaxOutputTokens, prompt.Temperature, prompt.Seed, prompt.Schema);
}

/// <param name="Key">See <see cref="CassetteKey"/>.</param>
/// <param name="Fault">The question failed in this way, and <paramref name="Text"/> is the message.</param>
/// <param name="Window">The context window the fault showed, in tokens.</param>
/// <param name="Finish">The server's own word for the end.</param>
internal sealed record CassetteExchange(
    string Key,
    string Purpose,
    IReadOnlyList<CassetteMessage> Messages,
    CassetteOptions Options,
    string Text,
    long Milliseconds,
    string? Thought = null,
    ReplyEnd? End = null,
    ModelUsage? Usage = null,
    ModelFault? Fault = null,
    int? Window = null,
    string? Finish = null
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(SnakeCaseEnum<PromptRole>), typeof(SnakeCaseEnum<ReplyEnd>), typeof(SnakeCaseEnum<ModelFault>)]
)]
[JsonSerializable(typeof(CassetteLine))]
internal sealed partial class CassetteJson : JsonSerializerContext
{
    /// <summary>People read and compare these files.</summary>
    public static CassetteJson Readable =>
        field ??= new(
            new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
}
