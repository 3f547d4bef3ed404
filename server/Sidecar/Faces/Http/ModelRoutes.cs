using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CodexSidecar.Faces.Http;

internal sealed record Health(bool Ok);

internal sealed record ModelList(string Object, IReadOnlyList<ModelCard> Data);

/// <param name="ContextLength">Tokens of one conversation that a client may send.</param>
internal sealed record ModelCard(
    string Id,
    string Object,
    long Created,
    [property: JsonPropertyName("owned_by")] string OwnedBy,
    [property: JsonPropertyName("context_length")] int ContextLength
);

/// <summary>The three models a client can choose.</summary>
internal static class ModelRoutes
{
    public const string Agent = "codex-sidecar",
        Plan = "codex-sidecar-plan",
        Chat = "codex-sidecar-chat";
    public static readonly IReadOnlyList<string> Ids = [Agent, Plan, Chat];
    private const int ContextLength = 32_768;

    public static void Map(IEndpointRouteBuilder app, TimeProvider time)
    {
        var created = time.GetUtcNow().ToUnixTimeSeconds();
        // Our own finder of model servers knows us by "owned_by" and does not take us for one.
        ModelCard Card(string id) => new(id, "model", created, "codex-sidecar", ContextLength);
        app.MapGet("/v1/models", context =>
            HttpWords.WriteAsync(context.Response, new ModelList("list", [.. Ids.Select(Card)]), HttpJson.Wire.ModelList)
        );
        app.MapGet("/v1/models/{id}", context =>
            HttpWords.WriteAsync(context.Response, Card(Known((string?)context.Request.RouteValues["id"])), HttpJson.Wire.ModelCard)
        );
    }

    /// <exception cref="HttpError">There is no such model.</exception>
    public static string Known(string? id) =>
        id is not null && Ids.Contains(id)
            ? id
            : throw new HttpError(
                404,
                "model_not_found",
                $"There is no model \"{id}\" here. The models are {string.Join(", ", Ids)}.",
                "$.model"
            );
}
