using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CodexSidecar.Faces.Http;

internal sealed record Health(bool Ok);

internal sealed record ModelList(string Object, IReadOnlyList<ModelCard> Data);

/// <param name="ContextLength">Tokens of one conversation that a client may send; null: there is no model to ask now.</param>
internal sealed record ModelCard(
    string Id,
    string Object,
    long Created,
    [property: JsonPropertyName("owned_by")] string OwnedBy,
    [property: JsonPropertyName("context_length"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? ContextLength
);

/// <summary>The three models a client can choose.</summary>
internal static class ModelRoutes
{
    public const string Agent = "codex-sidecar",
        Plan = "codex-sidecar-plan",
        Chat = "codex-sidecar-chat";
    public static readonly IReadOnlyList<string> Ids = [Agent, Plan, Chat];

    /// <summary>Of the agent, which measures out by itself what goes into a prompt.</summary>
    private const int ContextLength = 32_768;

    public static void Map(IEndpointRouteBuilder app, TimeProvider time, ChatWindow chat)
    {
        var created = time.GetUtcNow().ToUnixTimeSeconds();
        app.MapGet("/v1/models", async context =>
        {
            List<ModelCard> cards = [];
            foreach (var id in Ids)
            {
                cards.Add(await CardAsync(id, created, chat, context));
            }
            await HttpWords.WriteAsync(context.Response, new ModelList("list", cards), HttpJson.Wire.ModelList);
        });
        app.MapGet("/v1/models/{id}", async context =>
        {
            var card = await CardAsync(Known((string?)context.Request.RouteValues["id"]), created, chat, context);
            await HttpWords.WriteAsync(context.Response, card, HttpJson.Wire.ModelCard);
        });
    }

    /// <summary>Our own finder of model servers knows us by "owned_by" and does not take us for one.</summary>
    private static async Task<ModelCard> CardAsync(string id, long created, ChatWindow chat, HttpContext context) =>
        new(id, "model", created, "codex-sidecar", id == Chat ? await chat.TokensAsync(context) : ContextLength);

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
