using System.Security.Cryptography;
using System.Text;

namespace CodexSidecar.Engine.Models;

/// <summary>A word at the beginning of the facts, made from them: a model that cannot repeat it has not read the beginning.</summary>
internal static class CheckWord
{
    public const string Question = "What is the check word at the beginning of the facts? Answer with that word only.";

    /// <summary>Enough for it and a few words around it.</summary>
    public const int Tokens = 32;

    private const string Label = "Check word: ";

    public static string Before(string facts)
    {
        var word = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts)))[..6];
        return $"{Label}{word}\n\n{facts}";
    }

    /// <summary>Null: there is none in this conversation.</summary>
    public static string? Of(IReadOnlyList<PromptMessage> messages) => messages is [_, { Text: var facts }, ..] ? Of(facts) : null;

    /// <summary>The facts with the word of others, so that they differ first where it matters.</summary>
    public static string As(string facts, string other) =>
        Of(facts) is { } word && Of(other) is { } known
            ? facts.Replace($"{Label}{word}", $"{Label}{known}", StringComparison.Ordinal)
            : facts;

    private static string? Of(string facts) =>
        facts.StartsWith(Label, StringComparison.Ordinal) ? facts[Label.Length..facts.IndexOf('\n', StringComparison.Ordinal)] : null;
}
