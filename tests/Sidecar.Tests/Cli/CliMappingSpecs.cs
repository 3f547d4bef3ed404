using System.Reflection;
using System.Text.Json.Serialization;
using CodexSidecar.Contracts;
using CodexSidecar.Faces.Cli;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

public sealed class CliMappingSpecs
{
    [Fact]
    public void A_solved_run_is_drawn_in_plain_lines() => Golden.Matches("solved", Drawn(RunTales.Solved));

    [Fact]
    public void A_run_that_was_rolled_back_says_why() => Golden.Matches("rolled-back", Drawn(RunTales.RolledBack));

    [Fact]
    public void A_terminal_gets_colours_and_a_table() =>
        Golden.Matches("solved-terminal", Drawn(RunTales.Solved, terminal: true).Replace('\e', '␛').Replace('\r', '␍'));

    [Fact]
    public void Hostile_text_is_shown_and_does_nothing()
    {
        var text = Drawn(RunTales.Hostile);
        Golden.Matches("hostile", text);
        Assert.DoesNotContain(text, letter => char.IsControl(letter) && letter != '\n');
    }

    [Fact]
    public void No_text_of_any_event_reaches_a_terminal_as_a_command()
    {
        var colours = Drawn(RunTales.Hostile, terminal: true);
        // What is left after our own colours and the erasing of the status line are taken away.
        var rest = System.Text.RegularExpressions.Regex.Replace(colours, @"\e\[[0-9;]*m|\r\e\[2K", "");
        Assert.DoesNotContain(rest, letter => char.IsControl(letter) && letter != '\n');
    }

    [Fact]
    public void Every_kind_of_event_is_in_the_tales_and_has_a_drawing()
    {
        var told = RunTales.Solved.Concat(RunTales.RolledBack).Select(fact => fact.GetType()).ToHashSet();
        var kinds = typeof(RunEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(kind => kind.DerivedType);
        Assert.Empty(kinds.Except(told));
    }

    [Fact]
    public void NO_COLOR_keeps_the_table_and_drops_the_colours()
    {
        var text = Drawn(RunTales.Solved, terminal: true, colour: false);
        Assert.Contains('╭', text);
        Assert.DoesNotContain('\e', text);
    }

    private static string Drawn(IReadOnlyList<RunEvent> events, bool terminal = false, bool? colour = null)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var screen = Screen.On(writer, terminal, colour ?? terminal, width: 100, detect: false);
        var state = CliState.Start;
        foreach (var fact in events)
        {
            (state, var drawings) = CliMapping.Map(state, fact);
            screen.Draw(drawings);
        }
        return writer.ToString();
    }
}
