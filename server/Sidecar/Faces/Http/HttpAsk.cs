using CodexSidecar.Contracts;
using CodexSidecar.Engine.Sessions;

namespace CodexSidecar.Faces.Http;

/// <summary>This face cannot ask: ask = deny. The only exceptions are what the user said yes to by hand when the process was started.</summary>
internal static class HttpAsk
{
    public static readonly IReadOnlyList<string> Words = ["overwrite", "delete"];

    /// <param name="allowed">Some of <see cref="Words"/>.</param>
    public static Answer Answer(PermissionAsked question, IReadOnlyList<string> allowed) =>
        question.Question.Split('\n').All(line => allowed.Any(word => line.StartsWith(PolicyDesk.QuestionOf(word), StringComparison.Ordinal)))
            ? new(true, AnsweredBy.Rule)
            : new(false, AnsweredBy.Face);
}
