using System.Text.Json;
using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Models;

/// <summary>
/// The named fields of a reply, whether the model wrote JSON or <c>NAME: value</c> lines, with whatever it wrote around them. An object
/// inside JSON reads like a line of text: its values in order, joined by <c> | </c>. So everyone above reads one form.
/// </summary>
internal sealed partial class ReplyFields
{
    private readonly Dictionary<string, List<string>> values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Name, string Value)> order = [];

    /// <param name="names">In the singular and in lower case; the plural is understood too. The first one decides which JSON object is
    /// meant.</param>
    public static ReplyFields Read(string text, params IReadOnlyList<string> names)
    {
        foreach (var found in JsonObjects.Find(text))
        {
            using (found)
            {
                var fields = new ReplyFields();
                foreach (var property in found.RootElement.EnumerateObject())
                {
                    if (Known(names, property.Name) is { } name)
                    {
                        fields.values[name] = [.. Flatten(property.Value)];
                        fields.order.AddRange(fields.values[name].Select(value => (name, value)));
                    }
                }
                if (fields.values.ContainsKey(names[0]))
                {
                    return fields;
                }
            }
        }
        return ReadLines(text, names);
    }

    /// <summary>Every value with its name, as they stood in the reply: for fields that belong to the one before them.</summary>
    public IReadOnlyList<(string Name, string Value)> InOrder => order;

    public IReadOnlyList<string> All(string name) => values.TryGetValue(name, out var found) ? found : [];

    /// <summary>Null: not there, or empty. Of several the last counts.</summary>
    public string? Last(string name) => All(name).LastOrDefault(value => value.Length > 0);

    private static ReplyFields ReadLines(string text, IReadOnlyList<string> names)
    {
        var fields = new ReplyFields();
        (List<string> Values, string Name)? listing = null;
        foreach (var line in text.Split('\n'))
        {
            if (Field().Match(line) is { Success: true } match && Known(names, match.Groups["name"].Value.Trim()) is { } name)
            {
                var found = fields.values.TryGetValue(name, out var known) ? known : fields.values[name] = [];
                var value = Undress(match.Groups["value"].Value);
                listing = value.Length == 0 ? (found, name) : null;
                if (value.Length > 0)
                {
                    found.Add(value);
                    fields.order.Add((name, value));
                }
            }
            else if (listing is { } list && Bullet().Match(line) is { Success: true } item)
            {
                list.Values.Add(Undress(item.Groups["value"].Value));
                fields.order.Add((list.Name, list.Values[^1]));
            }
            else if (line.Trim().Length > 0)
            {
                listing = null;
            }
        }
        return fields;
    }

    private static string? Known(IReadOnlyList<string> names, string written)
    {
        var plain = written.Replace('_', ' ');
        return names.FirstOrDefault(name =>
            plain.Equals(name, StringComparison.OrdinalIgnoreCase) || plain.Equals(name + "s", StringComparison.OrdinalIgnoreCase)
        );
    }

    private static IEnumerable<string> Flatten(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => value.EnumerateArray().Select(Join),
            JsonValueKind.Null or JsonValueKind.Undefined => [],
            _ => [Join(value)],
        };

    private static string Join(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => string.Join(" | ", value.EnumerateObject().Select(property => Join(property.Value))),
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Join)),
            JsonValueKind.String => value.GetString()!.Trim(),
            JsonValueKind.Null => "",
            _ => value.GetRawText(),
        };

    private static string Undress(string value) => value.Trim().Trim('*').Trim();

    [GeneratedRegex(
        @"^[\s*#>\-•_`]{0,12}(?:\d{1,3}[.)]\s*)?[*_`]{0,3}(?<name>[A-Za-z][A-Za-z _]{0,24}?)[*_`]{0,3}\s?:[*_`]{0,3}\s*(?<value>.*)$"
    )]
    private static partial Regex Field();

    [GeneratedRegex(@"^\s{0,8}(?:[-*•]|\d{1,3}[.)])\s+(?<value>\S.*)$")]
    private static partial Regex Bullet();
}
