using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Patching;

/// <summary>A plan as git prints a patch, so that every tool can read it; ours too (<see cref="PatchParser"/>).</summary>
internal static class GitPatch
{
    public static string Write(PatchPlan plan)
    {
        var text = new StringBuilder();
        foreach (var file in plan.ToPatch("kept").Files)
        {
            var old = file.From ?? file.Path;
            text.Append($"diff --git {GitChanges.Quote($"a/{old}")} {GitChanges.Quote($"b/{file.Path}")}\n")
                .Append(Kind(file))
                .Append($"--- {(file.Change is FileChange.Added ? "/dev/null" : Name("a/", old))}\n")
                .Append($"+++ {(file.Change is FileChange.Deleted ? "/dev/null" : Name("b/", file.Path))}\n")
                .Append(file.Unified);
        }
        return text.ToString();
    }

    private static string Kind(PatchFile file) =>
        file.Change switch
        {
            FileChange.Added => "new file mode 100644\n",
            FileChange.Deleted => "deleted file mode 100644\n",
            FileChange.Moved => $"rename from {GitChanges.Quote(file.From!)}\nrename to {GitChanges.Quote(file.Path)}\n",
            FileChange.Modified => "",
        };

    /// <summary>As git does, a tab ends a name that holds a blank.</summary>
    private static string Name(string side, string path) => GitChanges.Quote(side + path) + (path.Contains(' ') ? "\t" : "");
}
