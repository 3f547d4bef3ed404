using System.Text.RegularExpressions;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>
/// A new event, stop reason or role that a mapping forgets does not compile (CS8509 for enums). That works as long as no default arm
/// swallows it and nobody silences the compiler.
/// </summary>
public sealed class ExhaustiveSwitchSpecs
{
    private static readonly string[] Enums = ["StopReason", "Role", "ToolKind"];

    [Fact]
    public void A_switch_over_stop_reasons_roles_or_kinds_of_tools_has_no_default_arm() =>
        Offenders.None(
            Repository
                .FilesNamed(".cs")
                .Where(file => file.StartsWith("server/", StringComparison.Ordinal))
                .SelectMany(file => Swallowing(Repository.Read(file)).Select(arm => $"{file}: {arm}"))
        );

    [Theory]
    [InlineData("x switch { StopReason.Done => 1, _ => 2 }", 1)]
    [InlineData("x switch\n{\n    Role.Qa =>\n    [\n        \"a\",\n    ],\n    _ => [],\n}", 1)]
    [InlineData("switch (x) { case StopReason.Done: break; default: break; }", 1)]
    [InlineData("x switch { StopReason.Done => y switch { 1 => 2, _ => 3 }, StopReason.Failed => 4 }", 0)]
    [InlineData("x switch { { Stop: StopReason.Done } => 1, _ => 2 }", 0)]
    public void A_default_arm_is_found(string code, int arms) => Assert.Equal(arms, Swallowing(code).Count());

    /// <summary>A class hierarchy is never complete for the compiler, so no switch: an interface with a method for each event.</summary>
    [Fact]
    public void Each_face_answers_to_events_by_the_interface_that_names_them_all()
    {
        foreach (var face in new[] { "Acp", "Cli", "Http", "Mcp" })
        {
            var mapping = Repository.Read($"server/Sidecar/Faces/{face}/{face}Mapping.cs");
            Assert.Matches(@"class \w+(\([^)]*\))?\s*: IRunEventMapping<", mapping);
        }
    }

    [Fact]
    public void Nobody_silences_the_compiler()
    {
        var silenced = new Regex(@"#pragma\s+warning\s+disable[^\n]*(CS)?85(09|24)|<(NoWarn|WarningsNotAsErrors)>[^<]*8509");
        Offenders.None(
            Repository
                .FilesNamed(".cs", ".csproj", ".props", ".targets", ".editorconfig")
                .Where(file => silenced.IsMatch(Repository.Read(file)))
        );
        Assert.Contains("<TreatWarningsAsErrors>true<", Repository.Read("Directory.Build.props"));
    }

    /// <summary>Default arms of switches that have an arm for one value of the enums.</summary>
    private static IEnumerable<string> Swallowing(string code)
    {
        foreach (Match start in Regex.Matches(code, @"\bswitch\b\s*(\([^{]*\)\s*)?\{"))
        {
            var arms = Arms(code[(start.Index + start.Length)..]);
            var isOverEnum = Regex.IsMatch(arms, $@"(^|[,;])\s*(case\s+)?({string.Join('|', Enums)})\.\w");
            if (isOverEnum && Regex.Match(arms, @"(^|[,;])\s*(_\s*=>|default\s*:)") is { Success: true } arm)
            {
                yield return $"switch at {start.Index}: {arm.Value.Trim(',', ' ', '\n', ';')}";
            }
        }
    }

    /// <summary>Up to the brace that ends the switch, without what stands in brackets within it.</summary>
    private static string Arms(string body)
    {
        var depth = 0;
        var arms = new System.Text.StringBuilder();
        foreach (var sign in body)
        {
            depth +=
                sign is '{' or '(' or '[' ? 1
                : sign is '}' or ')' or ']' ? -1
                : 0;
            if (depth < 0)
            {
                break;
            }
            if (depth == 0)
            {
                arms.Append(sign is '}' or ')' or ']' ? ' ' : sign);
            }
        }
        return arms.ToString();
    }
}
