using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Http;

/// <summary>Events as lines of progress. What a model says comes in pieces of any size and is shown line by line.</summary>
internal sealed class ProgressLines(Action<string> show)
{
    /// <summary>More of a line is not shown.</summary>
    private const int Enough = 256;

    private string? messageId;
    private string open = "";

    public void Add(RunEvent fact)
    {
        switch (fact)
        {
            case MessageAdded said:
                Say(said.MessageId, said.Text);
                break;
            case ThoughtAdded thought:
                Say(thought.MessageId, thought.Text);
                break;
            default:
                if (HttpMapping.Progress(fact) is { } line)
                {
                    Close();
                    show(line);
                }
                break;
        }
    }

    /// <summary>Shows the line that is still open.</summary>
    public void Close()
    {
        Show(open);
        open = "";
    }

    private void Say(string id, string text)
    {
        if (id != messageId)
        {
            Close();
            messageId = id;
        }
        var lines = (open + text).Split('\n');
        foreach (var line in lines[..^1])
        {
            Show(line);
        }
        open = lines[^1] is { Length: > Enough } much ? much[..Enough] : lines[^1];
    }

    private void Show(string text)
    {
        if (HttpMapping.Line(text) is { } line)
        {
            show(line);
        }
    }
}
