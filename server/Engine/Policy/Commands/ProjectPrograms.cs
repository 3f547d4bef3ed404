using System.Text.RegularExpressions;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Policy.Commands;

/// <summary>The usual ways to test, build and lint a project. They run the project's own code, so they need level 2 and the sandbox;
/// options that could bring in other code are not among them.</summary>
internal static partial class ProjectPrograms
{
    private static readonly string[][] Prefixes =
    [
        ["npm", "test"],
        ["npm", "t"],
        ["npm", "run", "test"],
        ["npm", "run", "build"],
        ["npm", "run", "lint"],
        ["npm", "run", "check"],
        ["yarn", "test"],
        ["yarn", "build"],
        ["yarn", "lint"],
        ["pnpm", "test"],
        ["pnpm", "build"],
        ["pnpm", "lint"],
        ["node", "--test"],
        ["pytest"],
        ["python", "-m", "pytest"],
        ["python3", "-m", "pytest"],
        ["python", "-m", "unittest"],
        ["python3", "-m", "unittest"],
        ["dotnet", "test"],
        ["dotnet", "build"],
        ["cargo", "test"],
        ["cargo", "build"],
        ["cargo", "check"],
        ["cargo", "clippy"],
        ["go", "test"],
        ["go", "build"],
        ["go", "vet"],
        ["make"],
        ["make", "test"],
        ["make", "build"],
        ["make", "check"],
        ["make", "lint"],
        ["mvn", "test"],
        ["mvn", "compile"],
        ["mvn", "verify"],
        ["gradle", "test"],
        ["gradle", "build"],
        ["ctest"],
        ["ruff", "check"],
        ["mypy"],
        ["flake8"],
        ["eslint"],
        ["tsc", "--noEmit"],
    ];

    private static readonly HashSet<string> Options =
    [
        .. WordList.Of(
            """
            -v -vv -q -x -s -k -p -c -f --filter --no-restore --no-build --nologo --verbosity --configuration --verbose --quiet
            --run -run -count=1 -race --release --workspace --all --lib --watch=false --watchAll=false --coverage --bail --silent
            --if-present --offline --locked --project -j -k --noEmit --strict discover -- --test -timeout --test-name-pattern
            --maxfail --tb=short --lf
            """
        ),
    ];

    /// <param name="configured">The detected or configured test command; it is the project's whatever it is.</param>
    public static bool Covers(IReadOnlyList<string> argv, IReadOnlyList<string> configured)
    {
        if (configured.Count > 0 && argv.SequenceEqual(configured, StringComparer.Ordinal))
        {
            return true;
        }
        var prefix = Prefixes
            .Where(prefix => argv.Count >= prefix.Length && argv.Take(prefix.Length).SequenceEqual(prefix, StringComparer.Ordinal))
            .MaxBy(prefix => prefix.Length);
        return prefix is not null
            && argv.Skip(prefix.Length).All(word => Options.Contains(word) || Harmless().IsMatch(word))
            && MakeTargetIsKnown(argv);
    }

    /// <summary>Any other target of a Makefile may be "deploy".</summary>
    private static bool MakeTargetIsKnown(IReadOnlyList<string> argv) =>
        argv[0] != "make" || argv.Count <= 2 && argv.Skip(1).All(word => word is "test" or "build" or "check" or "lint" or "-j");

    /// <summary>A relative path, a test's name or a filter expression; never an option, an assignment or a path that leads out.</summary>
    [GeneratedRegex(@"^(?!-|/|~)(?!.*(\.\.[/\\]|://|=/))[\w./:~|()\[\] *&!,=<>+-]*$")]
    private static partial Regex Harmless();
}
