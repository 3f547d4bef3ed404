namespace CodexSidecar.Engine.Models;

/// <summary>Why a question is not in a recording: where it first differs from the one that should come.</summary>
internal static class CassetteDifference
{
    private const int LongestLine = 200;

    /// <param name="left">The recorded exchanges that were not asked for yet.</param>
    public static string Explain(Cassette cassette, IReadOnlyList<CassetteExchange> left, ModelPrompt prompt)
    {
        var head = $"The recording does not know this question ('{prompt.Purpose}').";
        if (left.FirstOrDefault(exchange => exchange.Purpose == prompt.Purpose) is not { } next)
        {
            return left.Count == 0 ? $"{head} All of it was used already." : $"{head} It goes on with '{left[0].Purpose}'.";
        }
        for (var i = 0; i < Math.Max(next.Messages.Count, prompt.Messages.Count); i++)
        {
            if (i >= prompt.Messages.Count || i >= next.Messages.Count)
            {
                return $"{head} {next.Messages.Count} messages were recorded, {prompt.Messages.Count} are asked.";
            }
            var (recorded, asked) = (next.Messages[i], prompt.Messages[i]);
            if (recorded.Role != asked.Role)
            {
                return $"{head} Message {i + 1} was recorded as {recorded.Role}, asked as {asked.Role}.";
            }
            if (cassette.Texts[recorded.Text] is var text && text != asked.Text)
            {
                return $"{head} Message {i + 1} ({Name(asked.Role)}) differs first in {Place(text, CheckWord.As(asked.Text, text))}";
            }
        }
        var options = CassetteOptions.Of(prompt);
        return options == next.Options
            ? $"{head} It was asked more often than recorded."
            : $"{head} The texts are equal, but recorded was {Words(next.Options)}, asked is {Words(options)}.";
    }

    private static string Place(string recorded, string asked)
    {
        var common = recorded.AsSpan().CommonPrefixLength(asked);
        var start = recorded.LastIndexOf('\n', Math.Max(common - 1, 0), Math.Max(common, 0)) + 1;
        var line = recorded.AsSpan(0, common).Count('\n') + 1;
        return $"line {line}, column {common - start + 1}:\n  recorded: {Line(recorded, start)}\n  asked:    {Line(asked, start)}";
    }

    private static string Line(string text, int start)
    {
        var end = text.IndexOf('\n', start);
        var line = text[start..(end < 0 ? text.Length : end)];
        return line.Length <= LongestLine ? line : line[..LongestLine] + "…";
    }

    private static string Name(PromptRole role) => role.ToString().ToLowerInvariant();

    private static string Words(CassetteOptions options) =>
        $"max {options.MaxOutputTokens} tokens, temperature {options.Temperature}, seed {options.Seed}, "
        + (options.Schema is null ? "no schema" : "schema " + options.Schema);
}
