using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Consilium;

/// <summary>What each role is asked. A role is a checklist, not a character; the lists do not overlap.</summary>
internal static partial class RoleText
{
    public static string Name(Role role) => role is Role.Qa ? "QA" : role.ToString();

    /// <summary>The questions of one role, one a line.</summary>
    public static IReadOnlyList<string> Questions(Role role) =>
        role switch
        {
            Role.Director =>
            [
                "Does the plan do everything that was asked, and nothing else?",
                "Can the steps be done in this order, each with its own check?",
                "Is any step impossible to take back?",
                "Would a smaller plan give the same result?",
            ],
            Role.Architect =>
            [
                "Is this the right place for the change, without a new dependency upwards?",
                "Do public interfaces, file formats and wire formats stay compatible?",
                "Does something like it exist already? Name it.",
                "What happens with ten times the data?",
            ],
            Role.Security =>
            [
                "Does input from outside reach a path, a command, a query or a page unchecked?",
                "Is a secret read, logged or written?",
                "Are there more rights, network access or a new dependency?",
                "Can the user's data be lost? Is an existing check weakened?",
            ],
            Role.Qa =>
            [
                "Which test fails before and passes after? Name it.",
                "What about empty, missing, huge and non-English input, time, parallel use?",
                "Which existing tests will break?",
                "Is a test changed only to make it pass?",
            ],
            Role.Dev =>
            [
                "Do the named files, symbols and signatures exist?",
                "Will it compile and run: types, imports, async?",
                "Are errors handled and resources released?",
                "Is a caller, a registration or a setting forgotten?",
            ],
            Role.Reviewer =>
            [
                "Does it follow the habits of this project?",
                "Is there a change that the task does not need?",
                "Does it leave duplication, dead code or a misleading name behind?",
                "Does a document or a changelog need a line?",
            ],
        };

    /// <summary>The end of a vote prompt. Everything before it, and in it all up to the role's name, is the same for all roles: a server
    /// reads that once.</summary>
    /// <param name="onDiff">The change itself is judged, not the plan.</param>
    /// <param name="inJson">The server holds the reply to <see cref="VoteForm.Schema"/>.</param>
    /// <param name="missing">For the second question after a vote that could not be read: what was missing.</param>
    public static string Tail(IReadOnlyList<Role> asked, bool onDiff, bool inJson = false, string? missing = null) =>
        $"""
            Judge the {(
                onDiff ? "change" : "plan"
            )} above in your role: answer its questions below, and leave everything else to the other roles. If the material does not let you judge, abstain.
            {(inJson ? VoteForm.Json : VoteForm.Lines)}

            {Heading(asked)}
            {string.Join('\n', asked.SelectMany(Questions).Take(8).Select(question => $"- {question}"))}
            """
        + (missing is null ? "" : $"\n\nYour last answer could not be used: {missing} Answer again in exactly this form.");

    /// <summary>Several roles in one question, for servers that would read the prompt anew for each.</summary>
    public static string Together(IReadOnlyList<Role> asked, bool onDiff) =>
        $"""
            Judge the {(
                onDiff ? "change" : "plan"
            )} above in each of these roles, one after the other; each answers only its own questions. If the material does not let a role judge, it abstains.
            Begin the answer of each role with a line ROLE: and its name. Then:
            {VoteForm.Lines}

            {string.Join(
                '\n',
                asked.Select(role => $"{Name(role)}:\n{string.Join('\n', Questions(role).Select(question => $"- {question}"))}")
            )}
            """;

    /// <returns>The part of each role that has one.</returns>
    public static IReadOnlyDictionary<Role, string> Split(string reply)
    {
        var heads = Head().Matches(reply).Where(head => Enum.TryParse<Role>(head.Groups["name"].Value, ignoreCase: true, out _)).ToList();
        var parts = new Dictionary<Role, string>();
        for (var at = 0; at < heads.Count; at++)
        {
            var end = at + 1 < heads.Count ? heads[at + 1].Index : reply.Length;
            parts[Enum.Parse<Role>(heads[at].Groups["name"].Value, ignoreCase: true)] = reply[heads[at].Index..end];
        }
        return parts;
    }

    /// <summary>A track record belongs to the words that were asked: other questions begin a new one.</summary>
    public static string Version(Role role) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Questions(role)))))[..8];

    private static string Heading(IReadOnlyList<Role> asked) =>
        asked.Count == 1 ? $"Your role is {Name(asked[0])}. Its questions:" : "Answer these questions:";

    [GeneratedRegex(@"^\W*ROLE\W*:\W*(?<name>\w+)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Head();
}
