namespace CodexSidecar.Engine.Processes;

/// <summary>
/// What a command prints, as it comes, without what bubblewrap says when it could not set the sandbox up: that try is made again, and is
/// no output of the command (<c>CommandRunnerSpecs</c>).
/// </summary>
internal sealed class LiveOutput(Action<string> onOutput)
{
    private const string Setup = "bwrap: ";

    // Only the first lines can be bubblewrap's; they wait until another kind of line or the end.
    private string? waiting = "";

    public void Add(string text)
    {
        if (waiting is not null)
        {
            text = waiting + text;
            waiting = text;
            if (
                text.Split('\n')
                    .All(line => line.StartsWith(Setup, StringComparison.Ordinal) || Setup.StartsWith(line, StringComparison.Ordinal))
            )
            {
                return;
            }
            waiting = null;
        }
        onOutput(text);
    }

    /// <summary>The command has run: what it printed like that was its own.</summary>
    public void End()
    {
        if (waiting is { Length: > 0 } own)
        {
            onOutput(own);
        }
        waiting = null;
    }
}
