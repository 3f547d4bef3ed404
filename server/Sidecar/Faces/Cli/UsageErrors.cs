using System.CommandLine;
using System.CommandLine.Parsing;

namespace CodexSidecar.Faces.Cli;

/// <summary>One sentence for arguments that cannot be: what is wrong and what to do.</summary>
internal static class UsageErrors
{
    /// <summary>Null: nothing is wrong.</summary>
    public static string? Explain(ParseResult parsed)
    {
        var path = Path(parsed.CommandResult);
        var help = $"See {path} --help.";
        if (UnknownOption(parsed) is { } option)
        {
            var options = parsed.CommandResult.Command.Options.Where(one => !one.Hidden).Select(one => one.Name);
            return $"There is no option {option}. {Suggestion(option, options) ?? help}";
        }
        if (parsed.Errors.Count == 0)
        {
            return null;
        }
        if (parsed.Action is { ClearsParseErrors: true })
        {
            return null;
        }
        if (parsed.UnmatchedTokens is [var word, ..])
        {
            var commands = parsed.CommandResult.Command.Subcommands.Select(one => one.Name).ToList();
            return commands.Count > 0
                ? $"There is no command '{word}'. {Suggestion(word, commands) ?? help}"
                : $"There is one word too many: '{word}'. Put text with spaces in quotes. {help}";
        }
        if (parsed.CommandResult.Command.Subcommands.Count > 0)
        {
            return $"Which command? {string.Join(", ", parsed.CommandResult.Command.Subcommands.Select(one => one.Name))}. {help}";
        }
        return $"{parsed.Errors[0].Message} {help}";
    }

    /// <summary>A mistyped option in front of the task would otherwise be taken for the task.</summary>
    private static string? UnknownOption(ParseResult parsed)
    {
        var afterDoubleDash = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).ToHashSet();
        var arguments = parsed
            .CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Where(token => !afterDoubleDash.Contains(token));
        return parsed
            .UnmatchedTokens.Concat(arguments.Select(token => token.Value))
            .FirstOrDefault(text => text is ['-', '-' or (>= 'a' and <= 'z'), ..])
            ?.Split('=')[0];
    }

    private static string? Suggestion(string typed, IEnumerable<string> known) =>
        known
            .Select(name => (Name: name, Distance: Distance(typed, name)))
            .Where(one => one.Distance <= 1 + (typed.Length / 4))
            .OrderBy(one => one.Distance)
            .Select(one => $"Did you mean {one.Name}?")
            .FirstOrDefault();

    private static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : "codex-sidecar";

    /// <summary>How many letters must be added, dropped or changed (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                (diagonal, row[j]) = (row[j], Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1));
            }
        }
        return row[^1];
    }
}
