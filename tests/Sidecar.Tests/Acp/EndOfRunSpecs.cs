using System.Text.Json;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Acp;

/// <summary>An editor whose state folder's disk fills up while a task ends: its prompt is answered, and it can go on.</summary>
public sealed class EndOfRunSpecs
{
    [Fact]
    public async Task A_prompt_is_answered_and_the_next_one_and_the_closing_too()
    {
        await using var bench = new RunBench([.. Says.Begin, Says.Patch("double.js", RunBench.Solved)]);
        await using var wire = new AcpLink(bench.Home, workspace => bench.Settings with { Workspace = workspace, TestCommand = "true" });
        await wire.InitializeAsync();
        var cwd = JsonSerializer.Serialize(bench.Workspace.Path);
        var opened = await wire.CallAsync("session/new", $$"""{"cwd":{{cwd}},"mcpServers":[]}""");
        var session = opened.GetProperty("result").GetProperty("sessionId").GetRawText();
        var prompt = $$"""{"sessionId":{{session}},"prompt":[{"type":"text","text":"double(2) is 5, it must be 4."}]}""";
        await wire.CallAsync("session/set_config_option", $$"""{"sessionId":{{session}},"configId":"review","value":"auto"}""");
        bench.Disk.FailAt(1, isFullFromThen: true, step => step == "keep after");

        var first = await wire.CallAsync("session/prompt", prompt);

        Assert.Equal("end_turn", first.GetProperty("result").GetProperty("stopReason").GetString());
        Assert.Contains(wire.Lines, line => line.GetRawText().Contains("The disk is full", StringComparison.Ordinal));

        // Still full: the next one cannot even begin, and says so.
        var second = await wire.CallAsync("session/prompt", prompt);
        Assert.Equal("end_turn", second.GetProperty("result").GetProperty("stopReason").GetString());
        Assert.Contains("The run was not started. The disk is full", wire.Lines[^2].GetRawText(), StringComparison.Ordinal);

        bench.Disk.Heal();
        var third = await wire.CallAsync("session/prompt", prompt);
        Assert.Equal("end_turn", third.GetProperty("result").GetProperty("stopReason").GetString());
        Assert.True((await wire.CallAsync("session/close", $$"""{"sessionId":{{session}}}""")).TryGetProperty("result", out _));
        var known = new SessionStore(bench.Home, TimeProvider.System).List();
        Assert.False(Assert.Single(known).Busy);
    }
}
