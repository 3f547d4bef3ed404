using System.Text.Json.Nodes;
using CodexSidecar.Engine.Tools;

namespace CodexSidecar.Engine.Tests.Tools;

/// <summary>What a descriptor says of its tool's input is what the tool reads.</summary>
public sealed class ToolDescriptorSpecs : IDisposable
{
    private readonly ToolFolder folder = new();
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_member_of_the_schema_is_read_by_its_tool()
    {
        foreach (var tool in ToolRegistry.All)
        {
            foreach (var member in tool.Input)
            {
                var texts = await TextsAsync(tool, member.Name);
                Assert.Contains(texts, text => text.Contains($"\"{member.Name}\" has to be", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task A_member_that_is_required_is_missed()
    {
        foreach (var tool in ToolRegistry.All)
        {
            foreach (var member in tool.Input.Where(member => member.IsRequired))
            {
                var input = JsonNode.Parse(tool.Example)!.AsObject();
                input.Remove(member.Name);
                Assert.StartsWith($"{tool.Name}: \"{member.Name}\" is missing", (await RunAsync(tool, input)).Text);
            }
        }
    }

    /// <summary>What the answers say to a value of the wrong type, for each value of the members that have a choice.</summary>
    private async Task<List<string>> TextsAsync(ToolDescriptor tool, string wrong)
    {
        var choices = tool.Input.SelectMany(member => member.OneOf.Select(one => (member.Name, Value: (string?)one)));
        var texts = new List<string>();
        foreach (var (name, value) in choices.Append((tool.Subject, null)))
        {
            var input = JsonNode.Parse(tool.Example)!.AsObject();
            if (value is not null)
            {
                input[name] = value;
            }
            input[wrong] = new JsonObject();
            texts.Add((await RunAsync(tool, input)).Text);
        }
        return texts;
    }

    private Task<ToolResult> RunAsync(ToolDescriptor tool, JsonObject input) =>
        folder.Runner.RunAsync(tool.Name, System.Text.Json.JsonDocument.Parse(input.ToJsonString()).RootElement, Token);
}
