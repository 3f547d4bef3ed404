using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Faces.Http;

/// <summary>The OpenAPI document of the tools and runs, made from the types and schemas that read and write the requests: it cannot say
/// anything else than they do.</summary>
internal static class OpenApi
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private static string? document;

    public static string Document => document ??= $"{Build().ToJsonString(Layout)}\n";

    private static JsonObject Build() =>
        new()
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Codex Sidecar: tools and runs",
                ["version"] = typeof(OpenApi).Assembly.GetName().Version!.ToString(3),
                ["description"] =
                    "The tools of the agent for one workspace, under its policy, with its audit log. The agent as a model is under "
                    + "/v1, as OpenAI describes it; MCP is under /mcp.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "http://127.0.0.1:8765" }),
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
            ["paths"] = Paths(),
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                },
                ["schemas"] = new JsonObject([
                    Schema("Error", HttpJson.Wire.ErrorBody),
                    Schema("ToolReply", HttpJson.Wire.ToolReply),
                    Schema("ToolList", HttpJson.Wire.ToolList),
                    Schema("RunState", HttpJson.Wire.RunState),
                    Schema("RunCancelled", HttpJson.Wire.RunCancelled),
                    Schema("Health", HttpJson.Wire.Health),
                ]),
            },
        };

    private static JsonObject Paths()
    {
        var paths = new JsonObject();
        foreach (var tool in ToolEntrance.Tools)
        {
            var body = new JsonObject { ["schema"] = JsonNode.Parse(tool.Schema.GetRawText()), ["example"] = JsonNode.Parse(tool.Example) };
            paths[$"/tools/{tool.Name}"] = new JsonObject
            {
                ["post"] = Operation(
                    tool.Name,
                    tool.Purpose,
                    "ToolReply",
                    "400 401 403 404 409 413 415 422 423 429 500",
                    new()
                    {
                        ["requestBody"] = new JsonObject
                        {
                            ["required"] = true,
                            ["content"] = new JsonObject { ["application/json"] = body },
                        },
                    }
                ),
            };
        }
        paths["/tools"] = Get(
            "list_tools",
            "The tools with the schemas of their input, and the level that judges them.",
            "ToolList",
            "400 401 403"
        );
        paths["/runs/{id}"] = Get("get_run", "State of a run, and its report when it has ended.", "RunState", "400 401 403 404", [Id()]);
        paths["/runs/{id}/events"] = Get(
            "get_run_events",
            "The events of a run as server-sent events, to its end.",
            null,
            "400 401 403 404",
            [Id(), After()]
        );
        paths["/runs/{id}/cancel"] = new JsonObject
        {
            ["post"] = Operation(
                "cancel_run",
                "Cancels a run; nothing of it stays in the files.",
                "RunCancelled",
                "400 401 403 404 413 415",
                new() { ["parameters"] = new JsonArray(Id()) }
            ),
        };
        paths["/health"] = new JsonObject
        {
            ["get"] = Operation(
                "health",
                "Whether the server is there; needs no token.",
                "Health",
                "400 403",
                new() { ["security"] = new JsonArray() }
            ),
        };
        return paths;
    }

    private static JsonObject Get(string name, string what, string? answer, string errors, JsonNode[]? parameters = null) =>
        new()
        {
            ["get"] = Operation(name, what, answer, errors, parameters is null ? [] : new() { ["parameters"] = new JsonArray(parameters) }),
        };

    private static JsonObject Operation(string name, string what, string? answer, string errors, JsonObject more)
    {
        var responses = new JsonObject { ["200"] = Response("Done", answer is null ? "text/event-stream" : "application/json", answer) };
        foreach (var status in errors.Split(' '))
        {
            responses[status] = Response("Refused; the message says why and what to do", "application/json", "Error");
        }
        more["operationId"] = name;
        more["description"] = what;
        more["responses"] = responses;
        return more;
    }

    private static JsonObject Response(string what, string type, string? schema) =>
        new()
        {
            ["description"] = what,
            ["content"] = new JsonObject
            {
                [type] = new JsonObject
                {
                    ["schema"] = schema is null
                        ? new JsonObject { ["type"] = "string" }
                        : new JsonObject { ["$ref"] = $"#/components/schemas/{schema}" },
                },
            },
        };

    private static JsonObject Id() =>
        new()
        {
            ["name"] = "id",
            ["in"] = "path",
            ["required"] = true,
            ["schema"] = new JsonObject { ["type"] = "string" },
        };

    private static JsonObject After() =>
        new()
        {
            ["name"] = "after",
            ["in"] = "query",
            ["description"] = "Only events with a higher number.",
            ["schema"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0 },
        };

    /// <summary>The exporter refers to parts of a type as if it stood alone.</summary>
    private static KeyValuePair<string, JsonNode?> Schema(string name, JsonTypeInfo type) =>
        new(
            name,
            JsonNode.Parse(
                type.GetJsonSchemaAsNode()
                    .ToJsonString(Layout)
                    .Replace("\"$ref\": \"#/", $"\"$ref\": \"#/components/schemas/{name}/", StringComparison.Ordinal)
            )
        );
}
