using System.Text.Json;
using System.Text.Json.Nodes;
using CodexSidecar.Engine.Consilium;
using CodexSidecar.Engine.Models;
using CodexSidecar.Testing;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Engine.Tests.Models;

/// <summary>The form of a vote as it goes over the wire: ours, with bounds where the server's grammar takes them.</summary>
public sealed class SchemaSpecs
{
    private const string Ballot =
        """{"reason":"r","verdict":"approve","decision":"d","risks":[],"objections":[],"checks":[],"confidence":7}""";

    private static ModelPrompt Vote => Asking.Prompt("Judge.") with { Schema = VoteForm.Schema, BoundedSchema = VoteForm.Bounded };

    [Fact]
    public async Task The_schema_on_the_wire_is_ours_and_a_proof_is_left_to_the_role()
    {
        await using var asking = await Asking.StartAsync(Ballot);

        await asking.AskAsync(Vote);

        var sent = Schema(asking.Server.Chats.Single())!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(VoteForm.Bounded), sent));
        var objection = sent["properties"]!["objections"]!["items"]!;
        Assert.Equal(["weight", "at", "quote", "text"], objection["required"]!.AsArray().Select(name => (string?)name));
        Assert.NotNull(objection["properties"]!["proof"]);
        Assert.DoesNotContain("additionalProperties", asking.Server.Chats.Single().Body, StringComparison.Ordinal);
        Assert.Null(asking.Server.Chats.Single().Json!["response_format"]!["json_schema"]!["strict"]);
    }

    [Fact]
    public void Without_its_bounds_it_is_the_slim_one()
    {
        var bounded = JsonNode.Parse(VoteForm.Bounded)!;
        Strip(bounded);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(VoteForm.Schema), bounded));
    }

    /// <summary>llama.cpp (common/json-schema-to-grammar.cpp, tools/server), vLLM (backend_xgrammar.py), SGLang
    /// (base_grammar_backend.py).</summary>
    [Theory]
    [InlineData(400, "Failed to initialize samplers: failed to parse grammar")]
    [InlineData(400, "JSON schema conversion failed:\nUnrecognized schema: {\"maxLength\":400}")]
    [InlineData(400, "The provided JSON schema contains features not supported by xgrammar.")]
    [InlineData(400, "Invalid grammar request: maxItems")]
    public async Task Bounds_that_a_grammar_does_not_take_are_left_out_once_and_for_all(int status, string words)
    {
        await using var asking = await Asking.StartAsync(
            new FakeScript { Rules = [new(new FakeReply { Status = status, Text = words }) { Sent = "maxLength" }, new(Ballot)] }
        );

        Assert.Equal(Ballot, (await asking.AskAsync(Vote)).Text);
        Assert.Equal(Ballot, (await asking.AskAsync(Vote)).Text);

        Assert.Empty(asking.Heard.Notices);
        Assert.All(asking.Server.Chats, chat => Assert.Equal("Judge.", chat.LastUserText));
        Assert.Equal([true, false, false], asking.Server.Chats.Select(IsBounded));
        string[] fields = ["response_format", "stream_options", "seed", "temperature"];
        Assert.All(asking.Server.Chats, chat => Assert.All(fields, field => Assert.True(chat.Json!.ContainsKey(field))));
    }

    [Fact]
    public async Task Where_no_schema_is_taken_at_all_none_is_sent_and_nothing_else_is_left_out()
    {
        var refusal = new FakeReply { Status = 400, Text = "Grammar-based generation (json_schema) is not supported" };
        await using var asking = await Asking.StartAsync(
            new FakeScript { Rules = [new(refusal) { Sent = "response_format" }, new(Ballot)] }
        );

        Assert.Equal(Ballot, (await asking.AskAsync(Vote)).Text);

        Assert.Equal([true, true, false], asking.Server.Chats.Select(chat => chat.Json!.ContainsKey("response_format")));
        Assert.True(asking.Server.Chats[2].Json!.ContainsKey("stream_options"));
    }

    [Fact]
    public async Task A_thinker_that_says_nothing_in_the_form_does_not_lose_the_form_for_others()
    {
        var mute = new FakeReply { Thought = "Let me see.", Text = "" };
        await using var asking = await Asking.StartAsync(new FakeScript { Rules = [new(mute) { Times = 1 }, new(Ballot)] });

        Assert.Equal(Ballot, (await asking.AskAsync(Vote)).Text);
        await asking.AskAsync(Vote);

        Assert.Equal([true, false, true], asking.Server.Chats.Select(chat => chat.Json!.ContainsKey("response_format")));
    }

    private static JsonNode? Schema(FakeRequest request) => request.Json!["response_format"]?["json_schema"]?["schema"];

    private static bool IsBounded(FakeRequest request) => Schema(request)?["properties"]?["confidence"]?["maximum"] is not null;

    private static void Strip(JsonNode node)
    {
        foreach (var child in node is JsonObject named ? named.Select(member => member.Value).ToList() : [.. (JsonArray)node])
        {
            if (child is JsonObject or JsonArray)
            {
                Strip(child);
            }
        }
        foreach (var bound in new[] { "minimum", "maximum", "minLength", "maxLength", "maxItems" })
        {
            (node as JsonObject)?.Remove(bound);
        }
    }
}
