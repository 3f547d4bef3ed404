using CodexSidecar.Engine.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CodexSidecar.Faces.Http;

/// <summary>The one place where paths are mapped. Every request has passed <see cref="HttpGuards"/> before it comes here.</summary>
internal sealed class HttpRoutes(HttpOrder order, SidecarHome home, TimeProvider time, Func<string, string> log) : IAsyncDisposable
{
    private readonly RunRegistry runs = new(order, home, time, log);
    private readonly ToolRoutes tools = new(order, home, time);
    private readonly McpRoutes mcp = new(order, home, time, log);

    public void AddServices(IServiceCollection services)
    {
        mcp.AddServices(services);
    }

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/health", context => HttpWords.WriteAsync(context.Response, new Health(true), HttpJson.Wire.Health));
        ModelRoutes.Map(app, time, new ChatWindow(order, home, time));
        new ChatRoutes(order, home, time, runs, log).Map(app);
        new RunRoutes(order, home, time, runs).Map(app);
        tools.Map(app);
        mcp.Map(app);
    }

    /// <summary>Cancels what runs and waits until every stream has its last words.</summary>
    public Task EndRunsAsync() => Task.WhenAll(runs.EndAsync(), mcp.EndAsync());

    public async ValueTask DisposeAsync()
    {
        await runs.DisposeAsync();
        tools.Dispose();
        mcp.Dispose();
    }
}
