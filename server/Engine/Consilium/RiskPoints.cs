using System.Text.RegularExpressions;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Consilium;

/// <summary>How risky a plan looks, from its words alone; decides who votes when the size is <c>auto</c>.</summary>
internal static partial class RiskPoints
{
    /// <returns>Points with their reasons; 0 points: harmless.</returns>
    public static (int Points, IReadOnlyList<string> Reasons) Of(
        IReadOnlyList<string> steps,
        IReadOnlyList<string> files,
        string task,
        Level level,
        bool hasTests
    )
    {
        var text = string.Join('\n', [.. steps, .. files]);
        (bool Holds, int Points, string Reason)[] rules =
        [
            (files.Count is 2 or 3, 1, $"{files.Count} files"),
            (files.Count >= 4, 2, $"{files.Count} files"),
            (Removal().IsMatch(text), 2, "something is deleted, moved or renamed"),
            (Sensitive().IsMatch(text), 3, "public interface, build, migration, authentication or cryptography"),
            (!hasTests, 1, "no tests known"),
            (!Named().IsMatch(task), 1, "the task names no file, symbol or test"),
            (level is Level.ExtendedShell, 3, "level 4"),
        ];
        var held = rules.Where(rule => rule.Holds).ToList();
        return (held.Sum(rule => rule.Points), [.. held.Select(rule => rule.Reason)]);
    }

    public static IReadOnlyList<Role> Voters(ConsiliumSize size, int points) =>
        (size, points) switch
        {
            (ConsiliumSize.Off, _) => [],
            (ConsiliumSize.Auto, 0) => [Role.Reviewer],
            (ConsiliumSize.Auto, <= 3) => [Role.Security, Role.Qa, Role.Dev],
            _ => [.. Enum.GetValues<Role>().Order()],
        };

    [GeneratedRegex(@"\w[./]\w|\w\(|`[^`]+`|\b[a-z]+[A-Z]\w*|\w_\w|\b[Tt]ests?\b|[Тт]ест")]
    private static partial Regex Named();

    [GeneratedRegex(@"\b(delete|remove|drop|move|rename)\b.{0,40}\b(file|folder|table|column|class|module)", RegexOptions.IgnoreCase)]
    private static partial Regex Removal();

    [GeneratedRegex(
        @"public api|breaking|\bmigrat|\bauth|password|token|crypt|certificate|dependenc|package\.json|\.csproj|lock file|Dockerfile"
            + @"|\.github|Makefile|CI\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Sensitive();
}
