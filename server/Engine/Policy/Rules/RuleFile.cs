using System.Text.Json;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy.Commands;
using CodexSidecar.Engine.Processes;

namespace CodexSidecar.Engine.Policy.Rules;

/// <summary>A configuration file cannot be used; one sentence that names the file and the rule.</summary>
internal sealed class RuleFileException(string message) : Exception(message);

/// <summary>Reads one configuration file. A rule is tried on its examples, so that one which does not do what its author thinks is found at
/// once. Pure.</summary>
internal static class RuleFile
{
    /// <param name="file">As it is named to people.</param>
    /// <exception cref="RuleFileException">It is no JSON, has an unknown member, or a rule does not do what its examples say.</exception>
    public static RuleSet Parse(ReadOnlySpan<byte> json, RuleSource source, string file)
    {
        var text = Read(json, file);
        Known(text.Unknown, file, "", "maxLevel, rules, commit, roles, mcpServers");
        Known(text.Commit?.Unknown, file, "commit: ", "coAuthor");
        if (text.MaxLevel is < 0 or > 4)
        {
            throw new RuleFileException($"{file}: \"maxLevel\" is {text.MaxLevel}; it has to be 0 to 4.");
        }
        List<PolicyRule> rules = [];
        List<string> notices = [];
        foreach (var (index, one) in (text.Rules ?? []).Index())
        {
            var rule = Rule(one, source, index + 1, file);
            if (source is RuleSource.Workspace && rule.Loosens)
            {
                notices.Add(
                    $"{file}: rule {rule.Number} ({CommandLine.Join(rule.Argv)}) is ignored: a workspace may forbid and have asked, "
                        + $"only your own configuration may allow."
                );
                continue;
            }
            Try(rule, one, file);
            rules.Add(rule);
        }
        if (source is RuleSource.Workspace && text.Commit?.CoAuthor is not null)
        {
            notices.Add($"{file}: \"commit.coAuthor\" is ignored: it belongs to your own configuration.");
        }
        if (source is RuleSource.Workspace && text.Roles is not null)
        {
            notices.Add($"{file}: \"roles\" is ignored: which model is asked belongs to your own configuration.");
        }
        if (source is RuleSource.Workspace && text.McpServers is not null)
        {
            notices.Add($"{file}: \"mcpServers\" is ignored: which programs are started belongs to your own configuration.");
        }
        return new(rules, (Level?)text.MaxLevel, source is RuleSource.Workspace || (text.Commit?.CoAuthor ?? true), notices)
        {
            Roles = source is RuleSource.Workspace ? new Dictionary<Role, RoleModel>() : Roles(text, file),
            Servers = source is RuleSource.Workspace ? [] : Servers(text, file),
        };
    }

    private static Dictionary<Role, RoleModel> Roles(ConfigText text, string file)
    {
        var roles = new Dictionary<Role, RoleModel>();
        foreach (var (name, model) in text.Roles ?? new Dictionary<string, RoleModel>())
        {
            var known = Enum.GetValues<Role>().Where(role => Wire.Name(role) == name).ToList();
            if (known.Count == 0)
            {
                throw new RuleFileException(
                    $"{file}: there is no role \"{name}\"; there are {string.Join(", ", Enum.GetValues<Role>().Select(Wire.Name))}."
                );
            }
            if (model.BaseUrl is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            {
                throw new RuleFileException($"{file}: roles: {name}: \"baseUrl\" needs an address such as http://127.0.0.1:8080/v1.");
            }
            roles[known[0]] = model;
        }
        return roles;
    }

    private static IReadOnlyList<ExtraServer> Servers(ConfigText text, string file)
    {
        List<ExtraServer> servers = [];
        foreach (var (name, one) in text.McpServers ?? new Dictionary<string, ServerText>())
        {
            Known(one?.Unknown, file, $"mcpServers: {name}: ", "command, args, env");
            if (
                name.Length is 0 or > 32
                || !name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '_')
            )
            {
                throw new RuleFileException(
                    $"{file}: mcpServers: \"{name}\" is no name for a server; use up to 32 small letters, digits, - and _."
                );
            }
            servers.Add(
                one?.Command is { Length: > 0 } command
                    ? new(name, [command, .. one.Args ?? []], one.Env ?? new Dictionary<string, string>())
                    : throw new RuleFileException(
                        $"{file}: mcpServers: {name} needs \"command\": the program to start (servers by URL are not supported)."
                    )
            );
        }
        return servers.Count <= ExtraServer.Most
            ? servers
            : throw new RuleFileException($"{file}: mcpServers: {servers.Count} servers are too many; {ExtraServer.Most} are the most.");
    }

    private static ConfigText Read(ReadOnlySpan<byte> json, string file)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RuleJson.Default.ConfigText)
                ?? throw new RuleFileException($"{file} has to be a JSON object.");
        }
        catch (JsonException broken)
        {
            var member = broken.Path is { Length: > 1 } path ? $", {path.TrimStart('$', '.')}" : "";
            var why = broken.Message.Split(" Path:")[0].TrimEnd('.');
            throw new RuleFileException($"{file}, line {(broken.LineNumber ?? 0) + 1}{member}: it cannot be read ({why}).");
        }
    }

    private static PolicyRule Rule(RuleText text, RuleSource source, int number, string file)
    {
        Known(text?.Unknown, file, $"rule {number}: ", "argv, decision, network, why, examples, not");
        if (text?.Argv is not { Count: > 0 and <= PolicyRule.MostWords } argv || argv.Any(string.IsNullOrEmpty))
        {
            throw new RuleFileException(
                $"{file}: rule {number} needs \"argv\": the words a command begins with, such as [\"make\", \"deploy\"]."
            );
        }
        Permission? decision = text.Decision switch
        {
            "allow" => Permission.Allow,
            "ask" => Permission.Ask,
            "deny" => Permission.Deny,
            _ => null,
        };
        var name = $"{file}: rule {number} ({CommandLine.Join(argv)})";
        return decision is null ? throw new RuleFileException($"{name} needs \"decision\": \"allow\", \"ask\" or \"deny\".")
            : decision is Permission.Deny && text.Network == true
                ? throw new RuleFileException($"{name} forbids the command and grants it the network; it has to be one of the two.")
            : text.Examples is not { Count: > 0 }
                ? throw new RuleFileException(
                    $"{name} needs \"examples\": at least one command line it is about. They are tried when the file is read."
                )
            : new(source, number, argv, decision.Value, text.Network ?? false, text.Why);
    }

    /// <summary>At level 4, where a rule can do most.</summary>
    private static void Try(PolicyRule rule, RuleText text, string file)
    {
        var context = new PolicyContext(Level.ExtendedShell, Sandboxed: true) { Rules = RuleSet.None with { Rules = [rule] } };
        var name = $"{file}: rule {rule.Number} ({CommandLine.Join(rule.Argv)})";
        foreach (var example in text.Examples!)
        {
            var actions = CommandJudge.Judge(example, []);
            var decision = LevelPolicy.Decide(context, actions);
            if (!actions.Any(rule.Covers))
            {
                throw new RuleFileException(
                    $"{name}: its example \"{example}\" is not covered by "
                        + $"it; {(rule.Loosens ? "what allows has to be exactly these words" : "it has to begin with these words")}."
                );
            }
            if (rule.Loosens ? decision.Permission != rule.Decision || decision.Rule != rule.Name : decision.Permission < rule.Decision)
            {
                throw new RuleFileException($"{name} has no effect on its example \"{example}\": {decision.Reason}");
            }
        }
        if (text.Not?.FirstOrDefault(line => CommandJudge.Judge(line, []).Any(rule.Covers)) is { } covered)
        {
            throw new RuleFileException($"{name}: \"{covered}\" stands under \"not\", and the rule covers it.");
        }
    }

    private static void Known(Dictionary<string, JsonElement>? unknown, string file, string place, string known)
    {
        if (unknown is { Count: > 0 })
        {
            throw new RuleFileException($"{file}: {place}there is no member \"{unknown.Keys.First()}\"; there are {known}.");
        }
    }
}
