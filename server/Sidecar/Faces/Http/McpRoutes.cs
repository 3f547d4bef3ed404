using CodexSidecar.Engine.Sessions;
using CodexSidecar.Faces.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CodexSidecar.Faces.Http;

/// <summary>MCP as streamable HTTP under /mcp, each request by itself: the tools of <c>codex-sidecar mcp</c>, behind the same guards as all paths. Nobody can be asked here.</summary>
internal sealed class McpRoutes : IDisposable
{
    private readonly CancellationTokenSource over = new();
    private readonly McpCalls calls;

    public McpRoutes(HttpOrder order, SidecarHome home, TimeProvider time, Func<string, string> log) => calls = new(home, order.Settings, time, fault => log(fault), over.Token);

    public void AddServices(IServiceCollection services)
    {
        services.AddLogging();
        services.AddMcpServer(options =>
        {
            options.ServerInfo = McpTools.Server;
            options.ServerInstructions = McpTools.Instructions;
        }).WithHttpTransport(http => http.Stateless = true).WithListToolsHandler(calls.ListAsync).WithCallToolHandler(calls.CallAsync);
    }

    public void Map(IEndpointRouteBuilder app) => app.MapMcp("/mcp");

    /// <summary>Cancels every call and waits until it has ended.</summary>
    public async Task EndAsync()
    {
        await over.CancelAsync();
        await calls.EndedAsync();
    }

    public void Dispose() => over.Dispose();
}
