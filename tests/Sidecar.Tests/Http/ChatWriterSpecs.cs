using System.Text;
using System.Text.Json;
using CodexSidecar.Faces.Http;
using CodexSidecar.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Http;

/// <summary>The status of an answer in one piece, which can be told only once.</summary>
public sealed class ChatWriterSpecs
{
    private static readonly AnswerPiece Error = new(AnswerPieceKind.Error, "The prompt is too long.", "context_length_exceeded");

    [Fact]
    public async Task A_failure_at_once_has_the_status_of_a_failure()
    {
        var answer = new LiveAnswer();
        answer.Add(new(AnswerPieceKind.Progress, "Reading\n"));
        answer.Add(Error);

        var response = new Response();
        await WriteAsync(response, answer, new FakeTime());

        using var body = JsonDocument.Parse(response.Written);
        Assert.Equal(400, response.StatusCode);
        Assert.Equal("context_length_exceeded", body.RootElement.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_failure_after_the_first_sign_of_life_has_a_body_in_which_clients_find_no_answer()
    {
        var time = new FakeTime();
        var answer = new LiveAnswer();
        var response = new Response();

        var writing = WriteAsync(response, answer, time);
        await time.SetAsync(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(5));
        await time.SetAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(" ", response.Written);
        answer.Add(Error);
        await writing;

        using var body = JsonDocument.Parse(response.Written);
        Assert.Equal(200, response.StatusCode);
        Assert.Equal("The prompt is too long.", body.RootElement.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(0, body.RootElement.GetProperty("choices").GetArrayLength());
    }

    [Fact]
    public async Task A_run_that_tells_of_its_progress_all_the_time_gets_its_status_too()
    {
        var time = new FakeTime();
        var answer = new LiveAnswer();
        var response = new Response();

        var writing = WriteAsync(response, answer, time);
        await time.SetAsync(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(4));
        answer.Add(new(AnswerPieceKind.Progress, "Reading\n"));
        await time.SetAsync(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));
        await time.SetAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(" ", response.Written);
        answer.Add(new(AnswerPieceKind.Content, "Done."));
        answer.Add(new(AnswerPieceKind.End) { Finish = "length" });
        await writing;

        using var body = JsonDocument.Parse(response.Written);
        Assert.Equal("length", body.RootElement.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    private static async Task WriteAsync(Response response, LiveAnswer answer, FakeTime time)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseFeature>(response);
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new Body(response)));
        var request = new ChatRequest(
            ModelRoutes.Chat,
            [new("user", "Name a color.")],
            Stream: false,
            IncludeUsage: false,
            MaxTokens: null
        );
        Assert.True(
            await new ChatWriter(request, "chatcmpl-1", time).WriteAsync(context.Response, answer, TestContext.Current.CancellationToken)
        );
    }

    /// <summary>As a real one: the status counts until the first byte.</summary>
    private sealed class Response : HttpResponseFeature
    {
        private readonly StringBuilder written = new();

        public string Written => written.ToString();

        public override bool HasStarted => written.Length > 0;

        public void Write(ReadOnlySpan<byte> bytes) => written.Append(Encoding.UTF8.GetString(bytes));
    }

    private sealed class Body(Response response) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
        {
            response.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] bytes, int offset, int count, CancellationToken cancellationToken)
        {
            response.Write(bytes.AsSpan(offset, count));
            return Task.CompletedTask;
        }
    }
}
