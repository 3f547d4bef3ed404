namespace CodexSidecar.Faces.Http;

internal enum ChatClass
{
    Title,
    Compaction,
    Edit,
    Apply,
    Image,
    Chat,
    Task,
}

/// <param name="ReadOnly">A task that must not change anything, whatever the level.</param>
internal sealed record ChatKind(ChatClass Class, bool ReadOnly = false);

/// <summary>What a client wants with a request: clients ask "the model" for many small things that must not wake the consilium. The first
/// row that fits counts.</summary>
internal static class Classify
{
    public const string TitleWords = "Given the following... please reply with a title";
    private const string EditWords = "The user has requested a section of code in a file to be rewritten";
    private static readonly string[] CompactionWords =
    [
        "Create a comprehensive summary of this conversation",
        "Please provide a concise summary of our conversation so far",
    ];
    private static readonly string[] ReadingModes = ["You are in chat mode", "You are in plan mode"];

    public static ChatKind Of(ChatRequest request)
    {
        var last = Plain(request.LastUser.Text);
        var only = request.Turns is [{ Role: "user" }];
        return true switch
        {
            _ when only && last.StartsWith(TitleWords, StringComparison.Ordinal) => new(ChatClass.Title),
            _ when CompactionWords.Any(words => last.StartsWith(words, StringComparison.Ordinal)) => new(ChatClass.Compaction),
            _ when only && last.StartsWith(EditWords, StringComparison.Ordinal) => new(ChatClass.Edit),
            _ when only
                    && last.Contains("ORIGINAL CODE:", StringComparison.Ordinal)
                    && last.Contains("SUGGESTED EDIT:", StringComparison.Ordinal) => new(ChatClass.Apply),
            _ when request.LastUser.HasImage => new(ChatClass.Image),
            _ when request.Model == ModelRoutes.Chat => new(ChatClass.Chat),
            _ => new(
                ChatClass.Task,
                request.Model == ModelRoutes.Plan
                    || request.Turns.Any(turn =>
                        turn.Role == "system" && ReadingModes.Any(mode => turn.Text.Contains(mode, StringComparison.Ordinal))
                    )
            ),
        };
    }

    /// <summary>Without the marks of a chat template that some requests of Continue carry in their text.</summary>
    public static string Plain(string text)
    {
        text = text.TrimStart();
        const string begin = "<|im_start|>user",
            end = "<|im_end|>";
        if (!text.StartsWith(begin, StringComparison.Ordinal))
        {
            return text;
        }
        text = text[begin.Length..];
        return (text.IndexOf(end, StringComparison.Ordinal) is >= 0 and var at ? text[..at] : text).Trim();
    }
}
