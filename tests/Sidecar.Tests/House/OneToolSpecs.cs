using System.Text.Json;
using System.Text.RegularExpressions;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.Tools;
using CodexSidecar.Faces.Acp;
using CodexSidecar.Faces.Http;
using CodexSidecar.Faces.Mcp;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>A tool is known by its descriptor: nobody else names one, and whoever shows the tools shows all of them.</summary>
public sealed class OneToolSpecs
{
    /// <summary>Where such a word stands for something else than a tool of ours.</summary>
    private static readonly string[] OtherMeanings =
    [
        "server/Engine/Consilium/ObjectionCheck.cs: search", // a kind of proof, there and in the form of a vote
        "server/Engine/Consilium/VoteForm.cs: search",
        "server/Engine/Entrances/DoctorEntrance.cs: git", // an area of what is examined
        "server/Engine/Patching/Parsing/Containers.cs: shell", // a language of a code block
        "server/Engine/Patching/Parsing/Languages.cs: shell",
        "server/Engine/Patching/Parsing/OldNewNames.cs: search", // what other agents call the text to replace
        "server/Engine/Patching/Parsing/Tags.cs: write_file", // an element that models write around a file
        "server/Engine/Patching/Staging/Dialects.cs: search", // a word above the text to replace
        "server/Engine/Policy/Commands/DangerousPrograms.cs: git", // the program
        "server/Engine/Policy/Commands/GitCommands.cs: git",
        "server/Engine/Tools/GitCall.cs: git", // the program
        "server/Engine/Tools/RunActions.cs: git",
        "server/Sidecar/Faces/Acp/AcpWords.cs: search", // a kind of call in the protocol
    ];

    private static IEnumerable<string> Names => ToolEntrance.Tools.Select(tool => tool.Name);

    [Fact]
    public void A_tool_is_named_by_a_string_in_its_own_file_only()
    {
        var found =
            from file in Repository.FilesNamed(".cs")
            where file.StartsWith("server/", StringComparison.Ordinal) && !Regex.IsMatch(file, @"/Tools/\w+Tool\.cs$")
            let text = Regex.Replace(Repository.Read(file), "^ *///.*$", "", RegexOptions.Multiline)
            from name in Names
            where text.Contains($"\"{name}\"", StringComparison.Ordinal)
            select $"{file}: {name}";
        Assert.Equal(OtherMeanings, found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_tool_names_itself_once()
    {
        foreach (var name in Names)
        {
            Assert.Single(Repository.FilesNamed("Tool.cs"), file =>
                file.StartsWith("server/Engine/Tools/", StringComparison.Ordinal)
                && Repository.Read(file).Contains($"const string ToolName = \"{name}\"", StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public void MCP_offers_them_all_and_the_whole_agent() =>
        Assert.Equal([.. Names, McpTools.Solve], McpTools.All.Select(tool => tool.Name));

    [Fact]
    public void The_example_of_each_tool_is_an_input_that_its_schema_allows()
    {
        foreach (var tool in ToolEntrance.Tools)
        {
            ToolSchema.Check(tool.Schema, Json(tool.Example));
        }
    }

    [Fact]
    public void The_title_of_a_call_says_what_it_is_about_whatever_the_input_is()
    {
        string[] titles = ["Read README.md", "Write notes/hello.txt", "List .", "Search install", "git status", "Run ls"];
        Assert.Equal(titles, ToolEntrance.Tools.Select(tool => AcpWords.Tool(tool.Name, Json(tool.Example)).Title));
        Assert.Equal(
            ["read", "edit", "search", "search", "execute", "execute"],
            ToolEntrance.Tools.Select(tool => AcpWords.Tool(tool.Name, Json(tool.Example)).Kind)
        );
        foreach (var tool in ToolEntrance.Tools)
        {
            Assert.NotEmpty(tool.CallTitle(Json("null")));
            Assert.NotEmpty(tool.CallTitle(Json("{}")));
            Assert.Contains(tool.Input, member => member.Name == tool.Subject);
        }
        Assert.Equal(("notes/tell", "other"), AcpWords.Tool("notes/tell", Json("{}")));
    }

    [Fact]
    public void The_panel_has_a_word_for_each_tool_and_for_no_other() =>
        Assert.Equal(
            Names.Order(StringComparer.Ordinal),
            Regex
                .Matches(Repository.Read("extension/src/panel/words.ts"), @"^  tool_(\w+):", RegexOptions.Multiline)
                .Select(match => match.Groups[1].Value)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_document_about_MCP_lists_each_tool_and_no_other()
    {
        var rows = Regex.Matches(Repository.Read("docs/mcp.md"), @"^\| ((?:`\w+`(?:, )?)+) \|", RegexOptions.Multiline);
        Assert.Equal(
            [.. Names.Append(McpTools.Solve).Order(StringComparer.Ordinal)],
            rows.SelectMany(row => Regex.Matches(row.Groups[1].Value, @"\w+")).Select(match => match.Value).Order(StringComparer.Ordinal)
        );
    }

    private static JsonElement Json(string text)
    {
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
