using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Policy;

namespace CodexSidecar.Engine.Tools;

/// <summary>A call's lines in the audit log: what was decided, before anything happens, and what came of it.</summary>
internal sealed class ToolAudit(ToolContext context)
{
    private const int MostChars = 4_000;

    /// <exception cref="IOException">The line could not be written: the action must not happen.</exception>
    public void Decided(ToolCall call, Decision decision) => Append(call, "decided", decision, null, null, null);

    public void Done(ToolCall call, Decision decision, IToolResult result) =>
        Append(call, "done", decision, result.ExitCode, result.Record, result.Facts);

    /// <summary>The call ended by an exception, which says more than a second one about the log would.</summary>
    public void Broken(ToolCall call, string end)
    {
        try
        {
            Append(call, "done", new(Permission.Deny, "", "", default), null, end, null);
        }
        catch (IOException)
        {
            // The reason why the call ended goes up.
        }
    }

    private void Append(ToolCall call, string phase, Decision decision, int? exitCode, string? result, ActionFacts? facts)
    {
        var done = phase == "done";
        context.Audit.Append(
            new AuditEntry(
                0,
                default,
                context.RunId,
                context.Caller.Client,
                context.Caller.Face,
                phase,
                call.Tool,
                Clean(call.Subject),
                done && decision.Rule.Length == 0 ? "" : Wire.Name(decision.Permission),
                decision.Rule,
                Clean(decision.Reason),
                call.Sandbox(context),
                exitCode,
                result is null ? null : Clean(result),
                done ? call.Milliseconds(context.Time) : null,
                ""
            )
            {
                Session = context.Session,
                Shadow = call.Sandbox(context) is null ? null : Wire.Name(context.Shadow),
                User = context.User,
                Role = context.Role,
                Arguments = done ? null : Arguments(call),
                Facts = facts is null ? null : facts with { Argv = facts.Argv is null ? null : [.. facts.Argv.Select(Clean)] },
            }
        );
    }

    private static string? Arguments(ToolCall call)
    {
        try
        {
            return call.Input.ValueKind is JsonValueKind.Undefined ? null : Clean(ToolText.Input(call.Input).GetRawText());
        }
        catch (InvalidOperationException)
        {
            return null; // half a character; the reason of the refusal says so
        }
    }

    private static string Clean(string text)
    {
        var clean = Secrets.Redact(text);
        return clean.Length > MostChars ? $"{clean[..MostChars]}…" : clean;
    }
}
