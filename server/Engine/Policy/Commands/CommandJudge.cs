using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy.Rules;

namespace CodexSidecar.Engine.Policy.Commands;

/// <summary>Says which kinds of action a command is, before it runs and without running anything. Pure: the same words give the same
/// answer.</summary>
internal static class CommandJudge
{
    private const int DeepestWrapper = 5;

    /// <summary>Longer prefixes than a rule can have need not be compared.</summary>
    private const int MostRuleWords = PolicyRule.MostWords;

    /// <summary>A command as a string, as models write it: one command, or several joined by the connectors that can be proved.</summary>
    public static IReadOnlyList<PolicyAction> Judge(string text, IReadOnlyList<string> testCommand) =>
        CommandGrammar.TryParse(text, out var segments, out var refusal)
            ? [.. segments.Select(argv => Judge(argv, testCommand) with { Subject = text })]
            : [Unproved(text, text, $"nothing can be proved about it: {refusal}")];

    public static PolicyAction Judge(IReadOnlyList<string> argv, IReadOnlyList<string> testCommand) =>
        Judge(argv, testCommand, 0) with
        {
            Argv = argv,
        };

    private static PolicyAction Judge(IReadOnlyList<string> argv, IReadOnlyList<string> testCommand, int depth)
    {
        var judged = Look(argv, testCommand, depth);
        return judged with { Commands = [argv, .. judged.Commands] };
    }

    private static PolicyAction Look(IReadOnlyList<string> argv, IReadOnlyList<string> testCommand, int depth)
    {
        var subject = string.Join(' ', argv);
        if (argv.Count == 0 || argv[0].Length == 0)
        {
            return new(ActionKind.AnyCommand, subject, "there is no program in it");
        }
        if (CommandGrammar.Disguise(argv) is { } disguise)
        {
            return new(ActionKind.DestructiveCommand, subject, disguise);
        }
        if (depth > DeepestWrapper)
        {
            return new(ActionKind.DestructiveCommand, subject, "it is wrapped too deeply to be judged");
        }
        if (argv[0].Contains('/') || argv[0].Contains('\\'))
        {
            return JudgePath(argv, testCommand, depth);
        }
        if (DangerousPrograms.Inner(argv) is { } inner)
        {
            return Wrapped(inner, subject, testCommand, depth);
        }
        if (DangerousPrograms.Kind(argv) is { } danger)
        {
            return new(danger.Kind, subject, danger.Reason);
        }
        if (SecretNames.AmongWords(argv) is { } secret)
        {
            return new(ActionKind.ReadSecret, subject, $"{secret} holds secrets");
        }
        return ProjectPrograms.Covers(argv, testCommand) ? new(ActionKind.RunTests, subject)
            : ReadOnlyPrograms.Covers(argv) ? new(ActionKind.ReadOnlyCommand, subject)
            : GitCommands.Covers(argv) ? new(ActionKind.GitRead, subject)
            : new(ActionKind.AnyCommand, subject);
    }

    /// <summary>Only the system's own folders may be spelled out; a path into the workspace is a program of the repository.</summary>
    private static PolicyAction JudgePath(IReadOnlyList<string> argv, IReadOnlyList<string> testCommand, int depth)
    {
        var program = argv[0];
        var name = program[(program.LastIndexOfAny(['/', '\\']) + 1)..];
        IReadOnlyList<string> named = [name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name, .. argv.Skip(1)];
        var judged = Judge(named, [], depth + 1);
        return program == $"/bin/{name}" || program == $"/usr/bin/{name}" ? judged
            : testCommand.Count > 0 && argv.SequenceEqual(testCommand, StringComparer.Ordinal)
                ? new(ActionKind.RunTests, string.Join(' ', argv)) { Commands = judged.Commands }
            : judged.Kind
                is ActionKind.DestructiveCommand
                    or ActionKind.Network
                    or ActionKind.GitRemote
                    or ActionKind.GitDestructive
                    or ActionKind.ReadSecret
                ? judged
            : new(ActionKind.AnyCommand, string.Join(' ', argv), "the program is not one of the system's") { Commands = judged.Commands };
    }

    /// <summary>A wrapper is as dangerous as what it starts, and never more harmless than an ordinary command if it changes the
    /// surroundings.</summary>
    private static PolicyAction Wrapped(
        DangerousPrograms.CarriedCommand inner,
        string subject,
        IReadOnlyList<string> testCommand,
        int depth
    )
    {
        if (inner.Text is { } text)
        {
            if (!CommandGrammar.TryParse(text, out var segments, out var refusal))
            {
                return Unproved(text, subject, $"nothing can be proved about the inner command: {refusal}");
            }
            var all = segments.Select(argv => Judge(argv, testCommand, depth + 1)).ToList();
            return all.MaxBy(action => Strictness(action.Kind))! with
            {
                Subject = subject,
                Commands = [.. all.SelectMany(action => action.Commands)],
            };
        }
        var judged = Judge(inner.Argv!, testCommand, depth + 1);
        return inner.ChangesSurroundings && Strictness(judged.Kind) < Strictness(ActionKind.AnyCommand)
            ? new(ActionKind.AnyCommand, subject, "it changes what the inner command sees or gets") { Commands = judged.Commands }
            : judged with
            {
                Subject = subject,
            };
    }

    private static int Strictness(ActionKind kind) =>
        kind switch
        {
            ActionKind.GitRead => 0,
            ActionKind.ReadOnlyCommand => 1,
            ActionKind.RunTests => 2,
            ActionKind.GitCommit => 3,
            ActionKind.AnyCommand => 4,
            ActionKind.GitDestructive => 5,
            ActionKind.DestructiveCommand => 6,
            _ => 7,
        };

    /// <summary>A text that cannot be parsed is judged by the worst word in it, wherever that stands: this can only make the answer
    /// stricter. Any word of it may begin a command.</summary>
    private static PolicyAction Unproved(string text, string subject, string why)
    {
        var words = text.Split(
            [' ', '\t', '\r', '\n', '"', '\'', '`', '$', '<', '>', '|', ';', '&', '(', ')', '{', '}'],
            StringSplitOptions.RemoveEmptyEntries
        );
        var action = SecretNames.AmongWords(["", .. words]) is { } secret
            ? new PolicyAction(ActionKind.ReadSecret, subject, $"{secret} holds secrets")
            : new(DangerousPrograms.Words.IsMatch(text) ? ActionKind.DestructiveCommand : ActionKind.AnyCommand, subject, why);
        return action with
        {
            Commands =
            [
                .. words.Select((word, index) => new ArraySegment<string>(words, index, words.Length - index)),
                .. words.Select((word, index) => Named(words, index)),
            ],
        };
    }

    private static IReadOnlyList<string> Named(string[] words, int index) =>
        [words[index][(words[index].LastIndexOfAny(['/', '\\']) + 1)..], .. words.Skip(index + 1).Take(MostRuleWords)];
}
