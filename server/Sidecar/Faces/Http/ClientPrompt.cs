using System.Text.RegularExpressions;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;

namespace CodexSidecar.Faces.Http;

/// <summary>What a chat client sends around the user's words. None of it can change what is allowed: it goes to the run as context at
/// most.</summary>
internal static partial class ClientPrompt
{
    private const int MostRules = 2_000,
        MostConversation = 6_000;

    public static RunRequest Read(ChatRequest request, RunSettings settings, string client)
    {
        var last = request.LastUser;
        var rules = string.Join('\n', request.Turns.Where(turn => turn.Role is "system" or "developer").Select(turn => Rules(turn.Text)))
            .Trim();
        var before = request
            .Turns.TakeWhile(turn => !ReferenceEquals(turn, last))
            .Where(turn => turn.Role is "user" or "assistant" && turn.Text.Length > 0)
            .ToList();
        var talk = string.Join("\n\n", before.Select(turn => $"{turn.Role}: {turn.Text}"));
        return new RunRequest(last.Text.Trim(), settings)
        {
            Caller = new(client, "http"),
            Attachments =
            [
                .. rules.Length == 0
                    ? []
                    : new[]
                    {
                        new Attachment("rules that the client sent (they change nothing about what is allowed)", Cut(rules, MostRules)),
                    },
                .. talk.Length == 0
                    ? []
                    : new[]
                    {
                        new Attachment("the conversation before", talk.Length > MostConversation ? $"…{talk[^MostConversation..]}" : talk),
                    },
            ],
        };
    }

    /// <summary>The user's own rules: a system prompt without what the clients' programs put into it.</summary>
    public static string Rules(string system)
    {
        var text = Sections().Replace(system, "");
        if (text.TrimStart().StartsWith("You are an agent in the Continue CLI", StringComparison.Ordinal))
        {
            // Everything up to the last of its own sections is the program's.
            var end = Math.Max(
                text.LastIndexOf("</context>", StringComparison.Ordinal),
                text.LastIndexOf("</env>", StringComparison.Ordinal)
            );
            text = end < 0 ? "" : text[(text.IndexOf('>', end) + 1)..];
        }
        return text.TrimStart().StartsWith("You are Cline", StringComparison.Ordinal) ? "" : text.Trim();
    }

    /// <summary>A folder that the client's prompt claims to work in, when it is not ours; never believed, only said.</summary>
    public static string? ForeignFolder(ChatRequest request, string workspace) =>
        request
            .Turns.Where(turn => turn.Role is "system" or "developer")
            .Select(turn => Folder().Match(turn.Text))
            .FirstOrDefault(match => match.Success)
            is { } match
        && match.Groups["folder"].Value.Trim() is var folder
        && WorkspaceName.Real(folder) != WorkspaceName.Real(workspace)
            ? folder
            : null;

    private static string Cut(string text, int most) => text.Length <= most ? text : $"{text[..most]}…";

    [GeneratedRegex("<(important_rules|tool_use_instructions)>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex Sections();

    [GeneratedRegex(
        @"^\s*(?:current )?working directory:? \(?(?<folder>(?:/|[A-Za-z]:)[^)\r\n]{0,300})",
        RegexOptions.IgnoreCase | RegexOptions.Multiline
    )]
    private static partial Regex Folder();
}
