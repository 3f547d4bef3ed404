using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Http;

/// <summary>This face cannot ask: ask = deny. The only exceptions are what the user said yes to by hand when the process was
/// started.</summary>
internal static class HttpAsk
{
    private static readonly Dictionary<string, ActionKind> Kinds = new(StringComparer.Ordinal)
    {
        ["overwrite"] = ActionKind.OverwriteFile,
        ["delete"] = ActionKind.DeleteFile,
    };

    public static IReadOnlyList<string> Words => [.. Kinds.Keys];

    /// <summary>
    /// By the kinds of action alone: the question's words come from the model, and a command may read like the question about a file.
    /// </summary>
    /// <param name="allowed">Some of <see cref="Words"/>.</param>
    public static Answer Answer(PermissionAsked question, IReadOnlyList<string> allowed) =>
        question.Actions is { Count: > 0 } actions && actions.All(action => allowed.Any(word => Kinds[word] == action.Kind))
            ? new(true, AnsweredBy.Rule)
            : new(false, AnsweredBy.Face);
}
