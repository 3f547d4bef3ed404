using System.Text.Json;

namespace CodexSidecar.Engine.Models;

/// <summary>Reads a cassette whole, or says in which line it is broken.</summary>
internal static class CassetteReader
{
    /// <exception cref="FormatException">The message names file and line.</exception>
    public static Cassette Read(string file)
    {
        CassetteHeader? header = null;
        var texts = new Dictionary<string, string>();
        var exchanges = new List<CassetteExchange>();
        IReadOnlyDictionary<string, int> weights = new Dictionary<string, int>();
        var number = 0;
        foreach (var line in Lines(file))
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }
            switch (Parse(line))
            {
                case { Header: { } first } when header is null:
                    header = first;
                    break;
                case { Text: { } text } when header is not null:
                    texts[text.Hash] = text.Text;
                    break;
                case { Weights: { } frozen } when header is not null:
                    weights = frozen;
                    break;
                case { Exchange: { } exchange } when header is not null:
                    if (exchange.Messages.FirstOrDefault(message => !texts.ContainsKey(message.Text)) is { } missing)
                    {
                        throw Broken($"the text {missing.Text} is not in the file");
                    }
                    if (exchange.Fault is null && (exchange.End is null || exchange.Usage is null))
                    {
                        throw Broken("the exchange has no end");
                    }
                    exchanges.Add(exchange);
                    break;
                default:
                    throw Broken(header is null ? "not the header of a recording" : "not a line of a recording");
            }
        }
        return header is null ? throw new FormatException($"The recording {file} is empty.") : new(header, texts, exchanges, weights);

        CassetteLine Parse(string line)
        {
            // The format comes first: a newer one may have other fields.
            try
            {
                var root = JsonElement.Parse(line);
                if (TolerantJson.Number(TolerantJson.Member(root, "header"), "format") is > Cassette.Format and var format)
                {
                    throw Broken($"written by a newer version (format {format}; this one reads {Cassette.Format})");
                }
                return root.Deserialize(CassetteJson.Readable.CassetteLine) ?? new();
            }
            catch (JsonException broken)
            {
                throw Broken(broken.Message);
            }
        }

        FormatException Broken(string what) => new($"The recording {file} cannot be read, line {number}: {what}.");
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllText(file).Split('\n', StringSplitOptions.TrimEntries);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"The recording {file} cannot be read: {unreadable.Message}");
        }
    }
}
