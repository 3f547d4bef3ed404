using System.Text.Json;
using CodexSidecar.Contracts;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CodexSidecar.Faces.Mcp;

/// <summary>Puts one question to the person behind the client, where the client can (elicitation); elsewhere the answer is no.</summary>
/// <param name="unasked">The answer where nobody can be asked; null: no.</param>
internal sealed class McpQuestion(McpServer server, Func<PermissionAsked, Answer>? unasked = null)
{
    private const string Allow = "allow";

    public bool CanAsk => server.ClientCapabilities?.Elicitation is { } can && (can.Form is not null || can.Url is null);

    /// <summary>The client's name and version; nobody proved it.</summary>
    public static string NameOf(McpServer server)
    {
        var name = server.ClientInfo is { } client ? $"{client.Name} {client.Version}" : "unnamed client";
        return name.Length > 80 ? name[..80] : name;
    }

    public async Task<Answer> AskAsync(PermissionAsked question, CancellationToken cancellationToken)
    {
        // This face cannot ask by itself: ask = deny.
        if (!CanAsk)
        {
            return unasked?.Invoke(question) ?? new Answer(false, AnsweredBy.Face);
        }
        var form = new ElicitRequestParams
        {
            Message = $"{question.Question}\n\n{question.Reason}",
            RequestedSchema = new()
            {
                Properties = new Dictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition>
                {
                    [Allow] = new ElicitRequestParams.BooleanSchema { Title = "Allow it", Default = false },
                },
                Required = [Allow],
            },
        };
        try
        {
            var answer = await server.ElicitAsync(form, cancellationToken);
            if (!answer.IsAccepted)
            {
                return new Answer(false, answer.Action == "decline" ? AnsweredBy.User : AnsweredBy.Face);
            }
            return new Answer(
                answer.Content?.TryGetValue(Allow, out var allow) is true && allow.ValueKind is JsonValueKind.True,
                AnsweredBy.User
            );
        }
        catch (Exception unable) when (unable is McpException or InvalidOperationException or IOException)
        {
            return new Answer(false, AnsweredBy.Face);
        }
    }
}
