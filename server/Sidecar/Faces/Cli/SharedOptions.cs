using System.CommandLine;
using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Cli;

/// <summary>Options that several commands have, with the sentences for values that cannot be.</summary>
internal static class SharedOptions
{
    public static Option<bool> Json(string what) => new("--json") { Description = what };

    public static Option<string?> Workspace() =>
        new("--workspace") { Description = "The project's folder. Default: the current folder.", HelpName = "DIR" };

    public static Option<string?> BaseUrl()
    {
        var option = new Option<string?>("--base-url")
        {
            Description =
                "The model server's address, such as http://127.0.0.1:8080/v1. Default: configuration, environment, then well-known "
                + "local ports.",
            HelpName = "URL",
        };
        Check(option, value =>
            Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? null
                : $"--base-url needs an address that begins with http:// or https://, such as http://127.0.0.1:8080/v1; '{value}' is none."
        );
        return option;
    }

    public static Option<string?> Model() =>
        new("--model") { Description = "The model's name on the server. Default: the one it has loaded.", HelpName = "NAME" };

    /// <summary>Never repeats the value: who pastes the key itself must not find it in a log.</summary>
    public static Option<string?> ApiKeyEnv()
    {
        var option = new Option<string?>("--api-key-env")
        {
            Description = "The environment variable that holds the server's key. The key itself is never an option.",
            HelpName = "VAR",
        };
        Check(option, value =>
            value.Length > 0
            && value.Length <= 64
            && !char.IsAsciiDigit(value[0])
            && value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
                ? null
                : "--api-key-env needs the name of an environment variable (letters, digits, _), not the key itself: export "
                    + "MY_KEY=..., then --api-key-env MY_KEY."
        );
        return option;
    }

    /// <param name="otherwise">What it is when not given.</param>
    public static Option<Level?> LevelOption(Level otherwise = Level.RunTests)
    {
        var names = string.Join(", ", Enum.GetValues<Level>().Select(level => $"{(int)level} {CliMapping.LevelName((int)level)}"));
        return new Option<Level?>("--level")
        {
            Description = $"How much the agent may do alone: {names}. Default: {(int)otherwise}.",
            HelpName = "L",
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                foreach (var level in Enum.GetValues<Level>())
                {
                    if (text == ((int)level).ToString() || Same(text, CliMapping.LevelName((int)level)))
                    {
                        return level;
                    }
                }
                result.AddError($"--level must be one of {names}; '{text}' is none of them.");
                return null;
            },
        };
    }

    /// <summary>An option with a few words as its values.</summary>
    public static Option<T?> Choice<T>(string name, string description, params IReadOnlyList<(string Word, T Value)> choices)
        where T : struct
    {
        var words = string.Join("|", choices.Select(choice => choice.Word));
        return new Option<T?>(name)
        {
            Description = description,
            HelpName = words,
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (choices.FirstOrDefault(choice => Same(choice.Word, text)) is { Word: not null } found)
                {
                    return found.Value;
                }
                result.AddError($"{name} must be one of {words.Replace("|", ", ")}; '{text}' is none of them.");
                return null;
            },
        };
    }

    public static void Check(Option<string?> option, Func<string, string?> problem) =>
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && problem(token.Value) is { } sentence)
            {
                result.AddError(sentence);
            }
        });

    // "read_only", "read-only" and "ReadOnly" are one name.
    private static bool Same(string one, string other) => string.Equals(Bare(one), Bare(other), StringComparison.OrdinalIgnoreCase);

    private static string Bare(string text) => text.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
}
