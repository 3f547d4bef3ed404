using System.Security.Cryptography;
using System.Text;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Consilium;

/// <summary>What each role is asked. A role is a checklist, not a character; the lists do not overlap.</summary>
internal static class RoleText
{
    public static string Name(Role role) => role is Role.Qa ? "QA" : role.ToString();

    /// <summary>The questions of one role, one a line.</summary>
    public static IReadOnlyList<string> Questions(Role role) => role switch
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
        _ =>
        [
            "Does it follow the habits of this project?",
            "Is there a change that the task does not need?",
            "Does it leave duplication, dead code or a misleading name behind?",
            "Does a document or a changelog need a line?",
        ],
    };

    /// <summary>The end of a vote prompt. Everything before it, and in it all up to the role's name, is the same for all roles: a server reads that once.</summary>
    /// <param name="onDiff">The change itself is judged, not the plan.</param>
    /// <param name="inJson">The server holds the reply to <see cref="VoteForm.Schema"/>.</param>
    /// <param name="missing">For the second question after a vote that could not be read: what was missing.</param>
    public static string Tail(IReadOnlyList<Role> asked, bool onDiff, bool inJson = false, string? missing = null) =>
        $"""
        Judge the {(onDiff ? "change" : "plan")} above in your role: answer its questions below, and leave everything else to the other roles. If the material does not let you judge, abstain.
        {(inJson ? VoteForm.Json : VoteForm.Lines)}

        {Heading(asked)}
        {string.Join('\n', asked.SelectMany(Questions).Take(8).Select(question => $"- {question}"))}
        """ + (missing is null ? "" : $"\n\nYour last answer could not be used: {missing} Answer again in exactly this form.");

    /// <summary>A track record belongs to the words that were asked: other questions begin a new one.</summary>
    public static string Version(Role role) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Questions(role)))))[..8];

    private static string Heading(IReadOnlyList<Role> asked) =>
        asked.Count == 1 ? $"Your role is {Name(asked[0])}. Its questions:" : "Answer these questions:";
}
