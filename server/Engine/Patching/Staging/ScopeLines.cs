using CodexSidecar.Engine.Patching.Matching;

namespace CodexSidecar.Engine.Patching.Staging;

/// <summary>What <c>@@ class A</c>, <c>@@ def b</c> mean in a file.</summary>
internal static class ScopeLines
{
    private const int Most = 1000;

    /// <summary>The lines of the innermost scope, each below its outer ones.</summary>
    public static IReadOnlyList<int> Lines(FileLines file, IReadOnlyList<string> scopes)
    {
        IReadOnlyList<int> lines = [];
        for (var depth = 0; depth < scopes.Count; depth++)
        {
            var here = Where(file, scopes[depth]);
            var outer = lines.Take(Most).Select(line => Region(file, line)).ToList();
            lines = depth == 0 ? here : [.. here.Take(Most).Where(line => outer.Any(region => line >= region.Start && line < region.End))];
        }
        return lines;
    }

    /// <summary>The bodies of the innermost scope, the end not included.</summary>
    public static IReadOnlyList<(int Start, int End)> Regions(FileLines file, IReadOnlyList<string> scopes) =>
        [.. Lines(file, scopes).Select(line => Region(file, line))];

    private static IReadOnlyList<int> Where(FileLines file, string scope)
    {
        if (file.Where(scope, LineKey.Trim) is { Count: > 0 } exact)
        {
            return exact;
        }
        // A name without what stands behind it: "def area" for "def area(self):".
        var start = scope.Trim();
        return start.Length == 0
            ? []
            :
            [
                .. Enumerable
                    .Range(0, file.Count)
                    .Where(line => file[line].AsSpan().TrimStart().StartsWith(start, StringComparison.Ordinal)),
            ];
    }

    /// <summary>From the scope line to the next line that is not deeper; to the end of the file where nothing is deeper.</summary>
    private static (int Start, int End) Region(FileLines file, int line)
    {
        var width = file.Width(file[line]);
        var deeper = false;
        for (var i = line + 1; i < file.Count; i++)
        {
            var text = file[i].AsSpan().Trim();
            if (text.Length == 0 || text.TrimStart("{}()[];,").Length == 0)
            {
                continue;
            }
            if (file.Width(file[i]) > width)
            {
                deeper = true;
            }
            else if (deeper)
            {
                return (line, i);
            }
            else
            {
                break;
            }
        }
        return (line, file.Count);
    }
}
