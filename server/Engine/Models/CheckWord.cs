using System.Security.Cryptography;
using System.Text;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// A word behind the first parts of the facts, made from them: a model that cannot repeat it has not read the beginning. It stands behind
/// what all questions of a run share, so that prompts differ only behind it, and is the same in all of them.
/// </summary>
internal static class CheckWord
{
    public const string Question = "What is the check word in the facts? Answer with that word only.";

    /// <summary>Enough for it and a few words around it.</summary>
    public const int Tokens = 32;

    private const string Label = "Check word: ";

    /// <summary>The line that follows this beginning of the facts.</summary>
    public static string Behind(string beginning) => $"{Label}{WordOf(beginning)}";

    /// <summary>Null: there is none in this conversation.</summary>
    public static string? Of(IReadOnlyList<PromptMessage> messages) => messages is [_, { Text: var facts }, ..] ? Of(facts) : null;

    /// <summary>The facts with the word of others, so that they differ first where it matters.</summary>
    public static string As(string facts, string other) =>
        Of(facts) is { } word && Of(other) is { } known
            ? facts.Replace($"{Label}{word}", $"{Label}{known}", StringComparison.Ordinal)
            : facts;

    /// <summary>Of several lines that look like it the one that belongs to what stands before it: files may hold such lines
    /// too.</summary>
    private static string? Of(string facts)
    {
        for (var at = Next(facts, 0); at >= 0; at = Next(facts, at + 1))
        {
            var end = facts.IndexOf('\n', at);
            var word = facts[(at + Label.Length)..(end < 0 ? facts.Length : end)];
            if (word == WordOf(facts[..at]))
            {
                return word;
            }
        }
        return null;
    }

    private static int Next(string facts, int from)
    {
        var at = facts.IndexOf(Label, from, StringComparison.Ordinal);
        while (at > 0 && facts[at - 1] != '\n')
        {
            at = facts.IndexOf(Label, at + 1, StringComparison.Ordinal);
        }
        return at;
    }

    private static string WordOf(string beginning) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(beginning)))[..6];
}
