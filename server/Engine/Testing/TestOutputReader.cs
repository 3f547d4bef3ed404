using System.Globalization;
using System.Text.RegularExpressions;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;

namespace CodexSidecar.Engine.Testing;

/// <summary>
/// Reads the counts and the failed tests out of a test runner's output: node --test, dotnet test, Microsoft.Testing.Platform, pytest,
/// unittest, cargo, go, jest, vitest, mocha. Whether the tests passed is decided by the exit code, never by what a program printed.
/// </summary>
internal static partial class TestOutputReader
{
    private const int MostNames = 50;

    public static TestResult Read(string command, CommandResult result)
    {
        var counts = Read(result.Output, result.ExitCode);
        var outcome =
            result.TimedOut ? TestOutcome.TimedOut
            : result.ExitCode == 0 && counts.Failed is null or 0 ? TestOutcome.Passed
            : TestOutcome.Failed;
        return new(
            outcome,
            command,
            result.ExitCode,
            counts.Passed,
            counts.Failed,
            counts.Skipped,
            counts.Failures,
            (long)result.Duration.TotalMilliseconds
        );
    }

    /// <param name="exitCode">Null: the command did not end by itself. With 0 no failure is named, whatever the output looks like.</param>
    public static TestCounts Read(string output, int? exitCode)
    {
        var lines = OutputLines.Clean(output);
        var summary = Summaries.Select(pattern => Sum(pattern, lines)).FirstOrDefault(found => found is not null) ?? CountGo(lines);
        IReadOnlyList<string> names = exitCode == 0 ? [] : [.. FailureBlocks.Find(lines).Select(block => block.Name).Take(MostNames)];
        return (summary ?? new(null, null, null, [])) with { Failures = names };
    }

    /// <summary>A runner may print one summary per project or one line per number: all lines of one kind are added up.</summary>
    private static TestCounts? Sum(Regex pattern, IReadOnlyList<string> lines)
    {
        var matches = lines.Select(line => pattern.Match(line)).Where(match => match.Success).ToList();
        if (matches.Count == 0)
        {
            return null;
        }
        var (failed, skipped) = (Total("failed"), Total("skipped"));
        var passed = matches.Exists(match => match.Groups["total"].Success)
            ? Math.Max(0, Total("total") - failed - skipped)
            : Total("passed");
        return new(passed, failed, skipped, []);

        int Total(string name) =>
            matches.Sum(match => match.Groups[name].Captures.Sum(capture => int.Parse(capture.ValueSpan, CultureInfo.InvariantCulture)));
    }

    /// <summary>go prints no sum; without <c>-v</c> it does not even name what passed.</summary>
    private static TestCounts? CountGo(IReadOnlyList<string> lines)
    {
        var words = lines.Select(line => Go().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).ToList();
        int Count(string word) => words.Count(known => known == word);
        return words.Count == 0 ? null : new(Count("PASS") is var passed and > 0 ? passed : null, Count("FAIL"), Count("SKIP"), []);
    }

    private static readonly IReadOnlyList<Regex> Summaries =
    [
        Node(),
        VsTest(),
        TestingPlatform(),
        Xunit(),
        Pytest(),
        Unittest(),
        Cargo(),
        Jest(),
        Vitest(),
        Mocha(),
    ];

    [GeneratedRegex(@"^(#|ℹ) (pass (?<passed>\d{1,7})|(fail|cancelled) (?<failed>\d{1,7})|(skipped|todo) (?<skipped>\d{1,7}))$")]
    private static partial Regex Node();

    [GeneratedRegex(
        @"^\s*(Passed|Failed)!\s+- Failed:\s*(?<failed>\d{1,7}), Passed:\s*(?<passed>\d{1,7}), Skipped:\s*(?<skipped>\d{1,7}), Total:"
    )]
    private static partial Regex VsTest();

    [GeneratedRegex(@"^\s+(failed: (?<failed>\d{1,7})|succeeded: (?<passed>\d{1,7})|skipped: (?<skipped>\d{1,7}))$")]
    private static partial Regex TestingPlatform();

    [GeneratedRegex(
        @"^\s+\S.*\s+Total: (?<total>\d{1,7}), Errors: (?<failed>\d{1,7}), Failed: (?<failed>\d{1,7}), "
            + @"Skipped: (?<skipped>\d{1,7}), Not Run:"
    )]
    private static partial Regex Xunit();

    [GeneratedRegex(
        @"^(=+ )?((, )?((?<failed>\d{1,7}) (failed|errors?)|(?<passed>\d{1,7}) (passed|xpassed)|(?<skipped>\d{1,7}) (skipped|xfailed"
            + @"|deselected)|\d+ (warnings?|rerun)))+ in [\d.]+s"
    )]
    private static partial Regex Pytest();

    [GeneratedRegex(
        @"^Ran (?<total>\d{1,7}) tests? in |^(OK|FAILED) \(((, )?((failures|errors|unexpected successes)=(?<failed>\d{1,7})"
            + @"|skipped=(?<skipped>\d{1,7})|expected failures=\d+))+\)$"
    )]
    private static partial Regex Unittest();

    [GeneratedRegex(@"^test result: \w+\. (?<passed>\d{1,7}) passed; (?<failed>\d{1,7}) failed; (?<skipped>\d{1,7}) ignored;")]
    private static partial Regex Cargo();

    [GeneratedRegex(
        @"^Tests:\s+((, )?((?<failed>\d{1,7}) failed|(?<skipped>\d{1,7}) (skipped|todo)|(?<passed>\d{1,7}) passed|\d+ total))+$"
    )]
    private static partial Regex Jest();

    [GeneratedRegex(
        @"^\s*Tests\s+(( \| )?((?<failed>\d{1,7}) failed|(?<passed>\d{1,7}) passed|(?<skipped>\d{1,7}) (skipped|todo)))+ \(\d+\)$"
    )]
    private static partial Regex Vitest();

    [GeneratedRegex(@"^  ((?<passed>\d{1,7}) passing( \(\d+m?s\))?|(?<failed>\d{1,7}) failing|(?<skipped>\d{1,7}) pending)$")]
    private static partial Regex Mocha();

    [GeneratedRegex(@"^--- (PASS|FAIL|SKIP): ")]
    private static partial Regex Go();
}
