using System.Text.RegularExpressions;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Mapping;
using CodexSidecar.Engine.Patching;

namespace CodexSidecar.Engine.Orchestration;

/// <summary>What a patch must pass before anybody is asked about it: no hidden value overwritten, no unsaved file, not too much, no tests
/// bent to pass.</summary>
internal static partial class PatchGate
{
    /// <summary>The model never sees secrets; a file it sends back with the mark in their place would destroy them.</summary>
    public static string? Hidden(PatchPlan plan) =>
        plan
            .Files.Where(file => Marks(file.After) > Marks(file.Before))
            .Select(file =>
                $"{file.Path} holds values that are hidden from you as [redacted:...]. Leave those lines out of your edits: use "
                + $"SEARCH/REPLACE for other lines only."
            )
            .FirstOrDefault();

    /// <exception cref="RunStop">limit_changes, forbidden or user_rejected</exception>
    public static async Task CheckAsync(RunServices services, Patch patch, CancellationToken cancellationToken)
    {
        await CheckSavedAsync(services, patch, cancellationToken);
        var lines = patch.Files.Sum(file => file.Added + file.Removed);
        if (patch.Files.Count > Guards.MostFiles || lines > Guards.MostLines)
        {
            await AskAsync(
                services,
                $"Apply a large patch: {patch.Files.Count} files, {lines} lines?",
                $"More than {Guards.MostFiles} files or {Guards.MostLines} lines.",
                StopReason.LimitChanges,
                cancellationToken
            );
        }
        var weakened = patch
            .Files.Where(file => file.Change is not FileChange.Added && file.Removed > 0 && TestFiles.IsTest(file.Path))
            .Select(file => file.Path)
            .ToList();
        if (weakened.Count > 0 && !AsksForOtherTests(services.Request.Task))
        {
            await AskAsync(
                services,
                $"Let the patch change existing tests ({string.Join(", ", weakened)})?",
                "The task does not ask for other tests; changed tests prove nothing.",
                StopReason.Forbidden,
                cancellationToken
            );
        }
    }

    /// <summary>Asked before the user looks at the patch, and again right before it is written: people type meanwhile.</summary>
    /// <exception cref="RunStop">forbidden (unsaved)</exception>
    public static async Task CheckSavedAsync(RunServices services, Patch patch, CancellationToken cancellationToken)
    {
        var paths = patch.Files.SelectMany(file => new[] { file.Path, file.From }).OfType<string>().ToList();
        var files = services.Request.ReadUnsaved is { } read ? await read(paths, cancellationToken) : services.Request.Unsaved;
        var unsaved = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        if (paths.FirstOrDefault(unsaved.Contains) is { } path)
        {
            throw new RunStop(StopReason.Forbidden, "unsaved", $"{path} has unsaved changes in the editor. Save or discard them first.");
        }
    }

    private static async Task AskAsync(
        RunServices services,
        string question,
        string reason,
        StopReason otherwise,
        CancellationToken cancellationToken
    )
    {
        var answer = await services.Guards.WaitForUserAsync(() =>
            services.Context.Ask(new("gate", null, AskSubject.Gate, Risk.Medium, question, reason), cancellationToken)
        );
        if (!answer.Allowed)
        {
            throw new RunStop(otherwise, $"Not allowed: {question} {reason}");
        }
    }

    private static int Marks(byte[]? bytes) => bytes is null ? 0 : bytes.AsSpan().Count("[redacted:"u8);

    /// <summary>
    /// Whether the task asks for other tests. To name a test is not to ask for another one ("fix the failing test"), and "do not change
    /// the tests" asks for the contrary; a test that is added leaves the others alone. In doubt no: then the user is asked.
    /// </summary>
    public static bool AsksForOtherTests(string task) =>
        Clause().Split(task).Any(clause => (Change().IsMatch(clause) || Passive().IsMatch(clause)) && !Negation().IsMatch(clause));

    [GeneratedRegex(@"[.!?;:](\s|$)|[,\n]|\b(but|and then|но|а)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Clause();

    /// <summary>
    /// "Update the parser's unit tests": a verb of change, at most four words that only describe, and what is to be changed.
    /// </summary>
    [GeneratedRegex(
        """
            \b ( chang(e|ing) | updat(e|ing) | adapt(ing)? | adjust(ing)? | rewrit(e|ing) | modify(ing)? | edit(ing)? | replac(e|ing)
                | remov(e|ing) | delet(e|ing) | drop(ping)? | renam(e|ing) | mov(e|ing) | split(ting)? | merg(e|ing) | refactor(ing)?
                | clean(ing)?\ up | tidy(ing)? | simplify(ing)? | convert(ing)? | migrat(e|ing) | port(ing)?
                | extend(ing)? | expand(ing)? | improv(e|ing) | rais(e|ing) | increas(e|ing)
                | измени\w* | обнови\w* | адаптируй\w* | перепиши\w* | поменяй\w* | замени\w* | удали\w* | убери\w* | переименуй\w*
                | перенеси\w* | дополни\w* | расширь\w* ) \s+
            ( (?! ( so | that | until | till | to | for | and | or | with | in | because | when | if | which | whose | code
                  | чтобы | так | для | и | или | код ) \b ) [\w'’`./-]+ \s+ ){0,4}?
            ( tests? | specs? | assertions? | expectations? | coverage | test\w*\ (files?|suites?|cases?) | тест\w* | покрыти\w* ) \b
            """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Change();

    /// <summary>"The tests have to be adapted".</summary>
    [GeneratedRegex(
        """
            \b ( tests? | specs? | assertions? | expectations? ) \s+ ( must | should | need(s)?\ to | have\ to | has\ to | may
            | can ) \s+ (also\ )? be \s+
            ( changed | updated | adapted | adjusted | rewritten | modified | edited | replaced | removed | deleted | renamed | moved
            | extended ) \b
            """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Passive();

    [GeneratedRegex(
        """
            \b ( not | never | no | none | without | avoid\w* | instead\ of | rather\ than | must\ stay | leave | не | без | никогда
            | вместо ) \b | n['’]t \b
            """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Negation();
}
