using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Testing;

/// <summary>
/// Makes of a test run's output what a model needs to repair it: at most three failures, each with its error and the first two places in
/// the
/// user's own code. The same failure gives the same text in every run and in every folder, so that a recorded exchange can be replayed.
/// </summary>
internal static partial class FailureTrimmer
{
    private const int MostFailures = 3,
        MostErrorLines = 16,
        MostPlaces = 2,
        LinesAfterError = 4,
        LinesOfTail = 30;

    /// <param name="workspace">Absolute; paths below it become relative. Null: guessed from the paths in the output.</param>
    public static string Trim(string output, int maxChars, string? workspace = null)
    {
        var lines = OutputLines.Clean(output);
        var mask = new OutputMask(lines, workspace);
        // Runners that work in parallel tell the same failures in another order each time.
        var failures = FailureBlocks.Find(lines).OrderBy(failure => failure.Name, StringComparer.Ordinal).ToList();
        var parts =
            failures.Count > 0
                ? [.. failures.Take(MostFailures).Select(failure => Show(failure, mask))]
                : Errors([.. lines.Select(mask.Apply)]);
        if (failures.Count > MostFailures)
        {
            parts = [.. parts, $"({failures.Count - MostFailures} more failing)"];
        }
        return Cut(parts, maxChars);
    }

    private static string Show(FailureBlock block, OutputMask mask)
    {
        var lines = block.Lines.Select(mask.Apply).ToList();
        var text = new List<string> { $"FAILED {block.Name}" };
        foreach (var line in ErrorText(lines).Where(line => !Noise().IsMatch(line)).Take(MostErrorLines))
        {
            if (line.Trim().Length > 0 || text[^1].Trim().Length > 0)
            {
                text.Add(line.TrimEnd());
            }
        }
        return string.Join('\n', [string.Join('\n', text).TrimEnd(), .. Places(lines)]);
    }

    /// <summary>The error stands before the places it came through; in Python after them.</summary>
    private static List<string> ErrorText(List<string> lines)
    {
        var before = lines.TakeWhile(line => !Frame().IsMatch(line)).ToList();
        return before.Exists(line => line.Trim().Length > 0 && !Noise().IsMatch(line))
            ? before
            : [.. lines.Skip(lines.FindLastIndex(line => Frame().IsMatch(line)) + 1)];
    }

    /// <summary>Lines that name a place in the user's code. Python puts the innermost last, everyone else first.</summary>
    private static List<string> Places(IReadOnlyList<string> lines)
    {
        var places = lines
            .Where(line => Frame().IsMatch(line) && !Foreign().IsMatch(line) && !OutputMask.Toolchain().IsMatch(line.Trim()))
            .Distinct()
            .ToList();
        return places.Exists(line => line.TrimStart().StartsWith("File \"", StringComparison.Ordinal))
            ? [.. places.TakeLast(MostPlaces)]
            : [.. places.Take(MostPlaces)];
    }

    /// <summary>No test failed by name: it did not compile or load. The first errors then, or else the end of the output.</summary>
    private static IReadOnlyList<string> Errors(IReadOnlyList<string> lines)
    {
        var kept = lines.Where(line => !Noise().IsMatch(line)).ToList();
        var parts = new List<string>();
        for (var i = 0; i < kept.Count && parts.Count < MostFailures; i++)
        {
            if (Error().IsMatch(kept[i]) && !parts.Exists(part => part.StartsWith(kept[i], StringComparison.Ordinal)))
            {
                var after = kept.Skip(i + 1)
                    .TakeWhile(line => line.Trim().Length > 0 && !Error().IsMatch(line))
                    .Where(line => !Foreign().IsMatch(line))
                    .Take(LinesAfterError)
                    .ToList();
                parts.Add(string.Join('\n', [kept[i], .. after]));
                i += after.Count;
            }
        }
        return parts.Count > 0 ? parts : [string.Join('\n', kept.Where(line => line.Trim().Length > 0).TakeLast(LinesOfTail))];
    }

    private static string Cut(IReadOnlyList<string> parts, int maxChars)
    {
        var text = string.Join("\n\n", parts);
        if (text.Length <= maxChars)
        {
            return text;
        }
        // Every failure keeps its share: three beginnings say more than one whole.
        var share = Math.Max(1, (maxChars - 2 * parts.Count) / parts.Count - 1);
        text = string.Join("\n\n", parts.Select(part => part.Length <= share ? part : part[..share] + "…"));
        return text.Length <= maxChars ? text : text[..maxChars];
    }

    [GeneratedRegex(
        """^\s*at\s|^\s*File\ "|^\s+\S.*\(\S+:\d+:\d+\)$|^\s*(async\ )?\S+\ \(node:|^\s*node:\S+:\d+|^\s*\d+:\s+\S+::|^\S+\.py:\d+:\ |^\s+\S+\.go:\d+\ \+0x""",
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Frame();

    [GeneratedRegex(
        @"node:|node_modules/|site-packages|/lib/python|/rustc/|<anonymous>\)$|\bat (System|Microsoft|Xunit|NUnit)\.|new (Safe)?Promise"
    )]
    private static partial Regex Foreign();

    [GeneratedRegex(
        @"^\s*(---|\.\.\.|duration_ms:.*|failureType:.*|code: '.*|operator:.*|stack: .*|type: '.*|generatedMessage:.*|(Error Message"
            + @"|Stack Trace):|Traceback \(most recent call last\):|stack backtrace:|note: .*RUST_BACKTRACE.*|\^+|~*\^+~*)\s*$"
            + @"|^npm (ERR!|error|notice|warn)"
            + @"|^> \S+@\S+ \S+$|^\s*(Determining projects|Restored |All projects are up-to-date|Build started)"
    )]
    private static partial Regex Noise();

    [GeneratedRegex(
        @"\berror\b\s*(\[\w+\]|[A-Z]{2,6}\d+)?\s*:|(^|\s)\w*(Error|Exception)(:| \[)|^panic: |^\S+\.go:\d+:\d+: |Cannot find module"
            + @"|command not found|No such file|: undefined: ",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Error();
}
