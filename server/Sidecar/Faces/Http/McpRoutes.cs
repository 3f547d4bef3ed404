using CodexSidecar.Engine.State;
using CodexSidecar.Faces.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CodexSidecar.Faces.Http;

/// <summary>MCP as streamable HTTP under /mcp, each request by itself: the tools of <c>codex-sidecar mcp</c>, behind the same guards and
/// with the same level and standing yes as all paths. Nobody can be asked here.</summary>
internal sealed class McpRoutes : IDisposable
{
    private readonly CancellationTokenSource over = new();
    private readonly HttpContextAccessor current = new();
    private readonly HttpOrder order;
    private readonly McpCalls calls;

    public McpRoutes(HttpOrder order, SidecarHome home, TimeProvider time, Func<string, string> log)
    {
        this.order = order;
        calls = new(
            home,
            () => order.Settings with { Level = HttpWords.LevelOf(current.HttpContext!.Request, order.Settings.Level) },
            time,
            fault => log(fault),
            over.Token
        )
        {
            Unasked = question => HttpAsk.Answer(question, order.Allow),
        };
    }

    public void AddServices(IServiceCollection services)
    {
        services.AddLogging();
        services.AddSingleton<IHttpContextAccessor>(current);
        services
            .AddMcpServer(options =>
            {
                options.ServerInfo = McpTools.Server;
                options.ServerInstructions = McpTools.Instructions;
            })
            .WithHttpTransport(http => http.Stateless = true)
            .WithListToolsHandler(calls.ListAsync)
            .WithCallToolHandler(calls.CallAsync);
    }

    public void Map(IEndpointRouteBuilder app) =>
        app.MapMcp("/mcp")
            .Finally(endpoint =>
            {
                var serve = endpoint.RequestDelegate!;
                endpoint.RequestDelegate = context =>
                {
                    HttpWords.LevelOf(context.Request, order.Settings.Level);
                    return serve(context);
                };
            });

    /// <summary>Cancels every call and waits until it has ended.</summary>
    public async Task EndAsync()
    {
        await over.CancelAsync();
        await calls.EndedAsync();
    }

    public void Dispose() => over.Dispose();
}
