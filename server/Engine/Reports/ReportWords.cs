using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Reports;

/// <summary>The report's own words in the language of the task, where they are known in it; else English. What roles and the model wrote is
/// theirs already.</summary>
internal static class ReportWords
{
    private static readonly Dictionary<string, string> Russian = new(StringComparer.Ordinal)
    {
        ["Task"] = "Задача",
        ["Run"] = "Запуск",
        ["Ended by"] = "Итог",
        ["Files"] = "Файлы",
        ["Level"] = "Уровень",
        ["Model"] = "Модель",
        ["Tests before"] = "Тесты до",
        ["Tests after"] = "Тесты после",
        ["Time"] = "Время",
        ["Model use"] = "Расход модели",
        ["Commit"] = "Коммит",
        ["Changed files"] = "Изменённые файлы",
        ["File"] = "Файл",
        ["Change"] = "Изменение",
        ["Lines"] = "Строки",
        ["Commands"] = "Команды",
        ["Command"] = "Команда",
        ["Allowed by"] = "Разрешено",
        ["Result"] = "Результат",
        ["Sandbox"] = "Песочница",
        ["not run to its end"] = "не завершена",
        ["Votes"] = "Голоса",
        ["Role"] = "Роль",
        ["Verdict"] = "Вердикт",
        ["Confidence"] = "Уверенность",
        ["Decision"] = "Решение",
        ["Risks"] = "Риски",
        ["Checks"] = "Проверки",
        ["Checklist"] = "План выполнения",
        ["Notes"] = "Заметки",
        ["not run"] = "не запускались",
        ["passed"] = "прошло",
        ["failed"] = "упало",
        ["Requests"] = "Запросы",
        ["tokens read"] = "прочитано токенов",
        ["from the server's cache"] = "из кэша сервера",
        ["written"] = "написано",
        ["estimated"] = "оценка",
        ["As the patch left them; runs undo puts them back."] = "Такие, как их оставила правка; runs undo вернёт прежние.",
        ["Changed: putting them back did not succeed, see the notes."] = "Изменены: вернуть не удалось, см. заметки.",
        ["As before the run: everything was put back."] = "Как до запуска: всё возвращено.",
        ["Untouched."] = "Не тронуты.",
    };

    /// <summary>What happened, in one line. The program's own sentence about a failure follows as it is: it names options and
    /// files.</summary>
    public static string Title(Report report) =>
        !IsRussian(report.Task)
            ? report.Summary
            : report.Stop switch
            {
                StopReason.Done => $"Решено. Изменено файлов: {report.Files.Count}",
                StopReason.NothingToDo => "Менять нечего",
                StopReason.Cancelled => "Отменено",
                StopReason.TestsFailed => $"Тесты не проходят. {report.Summary}",
                StopReason.UserRejected => "Отклонено вами",
                StopReason.RejectedByConsilium => $"Отклонено консилиумом. {report.Summary}",
                StopReason.NoProgress
                or StopReason.LimitTime
                or StopReason.LimitTokens
                or StopReason.LimitRequests
                or StopReason.LimitChanges
                or StopReason.Loop
                or StopReason.MalformedReplies
                or StopReason.CassetteMismatch
                or StopReason.Forbidden
                or StopReason.ModelUnavailable
                or StopReason.Interrupted
                or StopReason.Failed => report.Summary,
            };

    /// <summary>Most letters decide: code and names in a task are Latin in every language, so a third of the letters is enough.</summary>
    public static Func<string, string> Of(string task) => IsRussian(task) ? word => Russian.GetValueOrDefault(word, word) : word => word;

    private static bool IsRussian(string task) =>
        3 * task.Count(letter => letter is >= '\u0400' and <= '\u04FF') > task.Count(char.IsLetter);
}
