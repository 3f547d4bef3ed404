using System.Text.RegularExpressions;

namespace CodexSidecar.Engine.Mapping;

/// <summary>Which files of a project are tests.</summary>
internal static partial class TestFiles
{
    /// <summary>By its name and folder, as the usual test programs look for them.</summary>
    public static bool IsTest(string path) => TestFile().IsMatch(path);

    [GeneratedRegex(
        @"(^|/)(tests?|specs?|__tests__)/|[._-](test|spec|tests|specs)\.\w+$|(^|/)test_[^/]+\.py$|(Tests?|Specs?)\.(cs|fs|vb|java|kt)$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex TestFile();
}
