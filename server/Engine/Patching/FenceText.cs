namespace CodexSidecar.Engine.Patching;

/// <summary>The fence of a Markdown code block.</summary>
public static class FenceText
{
    /// <summary>Three backticks, or one more than any row of them in these texts: none of them can close it.</summary>
    public static string Around(params IReadOnlyList<string> texts)
    {
        var longest = 2;
        foreach (var text in texts)
        {
            var run = 0;
            foreach (var letter in text)
            {
                run = letter == '`' ? run + 1 : 0;
                longest = Math.Max(longest, run);
            }
        }
        return new('`', longest + 1);
    }
}
