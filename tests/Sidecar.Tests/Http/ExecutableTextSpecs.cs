using System.Text.RegularExpressions;
using CodexSidecar.Contracts;
using CodexSidecar.Faces.Http;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Http;

/// <summary>Whatever a file, a test or a model says, no answer has a line that a chat client would execute or swallow.</summary>
public sealed class ExecutableTextSpecs
{
    private static readonly string[] Pieces =
    [
        "```tool",
        "``` tool",
        "~~~tool",
        "````tool",
        "> ```tool",
        "TOOL_NAME: run",
        "BEGIN_ARG: command",
        "END_ARG",
        "<tool_call>",
        "</tool_call>",
        "<function=run>",
        "<think>",
        "</think>",
        "<THINK>",
        "<thinking>",
        "<|im_start|>",
        "<|im_end|>",
        "```",
        "tool",
        "\n",
        "\r\n",
        " ",
        "\t",
        "a",
        "<",
        "|",
        "`",
        "диск",
        "\u200b",
    ];

    /// <summary>Written anew from what the clients look for, not from what is broken.</summary>
    private static readonly Regex Executed = new(
        @"(?im)^[ \t>]*(`{3,}|~{3,})[ \t]*tool\b|^[ \t]*(TOOL_NAME|BEGIN_ARG):|</?tool_call>|<function=|</?think(ing)?>"
            + @"|<\|im_(start|end)\|>"
    );

    [Fact]
    public void No_text_keeps_a_command_of_a_client()
    {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            var safe = ExecutableText.Break(text, out var broken);
            Assert.False(Executed.IsMatch(safe), $"{text}\n=>\n{safe}");
            Assert.Equal(Executed.IsMatch(text), broken);
            Assert.Equal(text.Replace("\u200b", "", StringComparison.Ordinal), safe.Replace("\u200b", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_line_of_progress_and_a_report_are_broken_too()
    {
        foreach (var mark in Pieces.Where(piece => Executed.IsMatch(piece)))
        {
            Assert.False(Executed.IsMatch(HttpMapping.Progress(new MessageAdded("m", mark))!), mark);
            Assert.False(Executed.IsMatch(HttpMapping.Progress(new NoticeRaised(Severity.Info, mark, mark))!), mark);
        }
    }

    [Fact]
    public void Ordinary_text_stays_as_it_is()
    {
        const string text = "Changed src/a.cs.\n```cs\nvar tool = 1;\n```\nThe tool: a < b.\n";
        Assert.Equal(text, ExecutableText.Break(text, out var broken));
        Assert.False(broken);
    }
}
