using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CodexSidecar.Engine.Models;

/// <summary>What makes two questions the same: everything the reply could depend on, and which of several equal ones it is.</summary>
internal sealed class CassetteKey
{
    private readonly Dictionary<string, int> asked = [];

    /// <summary>The key of this question, asked now: equal questions get different keys by the order in which they are asked.</summary>
    public string Next(ModelPrompt prompt)
    {
        var same = Of(prompt);
        int occurrence;
        lock (asked)
        {
            occurrence = asked[same] = asked.GetValueOrDefault(same) + 1;
        }
        return Hash($"{same}:{occurrence}");
    }

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Lengths go along, so that no two prompts run into the same text.</summary>
    private static string Of(ModelPrompt prompt)
    {
        var all = new StringBuilder();
        Add(prompt.Purpose);
        foreach (var message in prompt.Messages)
        {
            Add(message.Role.ToString());
            Add(message.Text);
        }
        Add(prompt.MaxOutputTokens.ToString(CultureInfo.InvariantCulture));
        Add(prompt.Temperature.ToString("R", CultureInfo.InvariantCulture));
        Add(prompt.Seed.ToString(CultureInfo.InvariantCulture));
        Add(prompt.Schema ?? "");
        return Hash(all.ToString());

        void Add(string part) => all.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}\n");
    }
}
