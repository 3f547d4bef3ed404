using CodexSidecar.Contracts;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.Runs;

public sealed class LanguageSpecs
{
    [Theory]
    [InlineData(
        "double(2) возвращает 5, а должно быть 4: исправь double.js.",
        "# Решено. Изменено файлов: 1",
        "| Задача |",
        "## Изменённые файлы"
    )]
    [InlineData("double(2) is 5, it must be 4.", "# Solved: 1 file changed", "| Task |", "## Changed files")]
    public async Task The_report_and_the_roles_speak_the_language_of_the_task(string task, string title, string label, string heading)
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        await bench.RunAsync(TestContext.Current.CancellationToken, task);
        var report = File.ReadAllText(bench.Single<ReportWritten>().Path);
        Assert.StartsWith(title, report, StringComparison.Ordinal);
        Assert.Contains(label, report, StringComparison.Ordinal);
        Assert.Contains(heading, report, StringComparison.Ordinal);
        Assert.All(bench.Server.Chats, request =>
            Assert.Contains("in the language of the task", request.Messages[0].Text, StringComparison.Ordinal)
        );
    }
}
