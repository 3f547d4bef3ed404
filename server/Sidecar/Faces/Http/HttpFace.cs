using System.Net;
using System.Net.Sockets;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CodexSidecar.Faces.Http;

/// <summary>One Kestrel on 127.0.0.1 for one workspace. The empty builder reads no settings file and no environment: nothing in a folder
/// can open another address.</summary>
/// <param name="log">Keeps the text of a fault of our own; returns where.</param>
internal sealed class HttpFace(HttpOrder order, SidecarHome home, TimeProvider time, Func<string, string> log)
{
    /// <summary>Serves until it is cancelled; running tasks are cancelled then and their streams end with words.</summary>
    /// <exception cref="UsageException">The workspace is no folder, or the port is taken.</exception>
    public async Task RunAsync(Action<HttpStarted> started, CancellationToken cancellationToken)
    {
        SessionStore.CheckWorkspace(order.Settings.Workspace);
        new RunStore(home, time).CloseInterrupted(order.Settings.Workspace);
        var guards = new HttpGuards(order);
        await using var routes = new HttpRoutes(order, home, time, log);
        await using var app = Build(guards, routes);
        guards.Port = await StartAsync(app, cancellationToken);
        started(new($"http://127.0.0.1:{guards.Port}/v1", order.Token.File, order.Settings.Workspace, Wire.Name(order.Settings.Level)));
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(ended.SetResult))
        {
            await ended.Task;
        }
        await routes.EndRunsAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3), time);
        await app.StopAsync(patience.Token);
    }

    private WebApplication Build(HttpGuards guards, HttpRoutes routes)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = HttpGuards.MostBodyBytes;
                // A client that reads slowly, or stands at a breakpoint, must not lose its run.
                kestrel.Limits.MinResponseDataRate = null;
                kestrel.Limits.MaxResponseBufferSize = 1 << 20;
                kestrel.Listen(IPAddress.Loopback, order.Port, listen => listen.Protocols = HttpProtocols.Http1);
            });
        builder.Services.AddRoutingCore();
        // Signals belong to the command line, which cancels us.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        routes.AddServices(builder.Services);
        var app = builder.Build();
        var border = new HttpBorder(log);
        var requests = new RequestLog(home.Log.Lines, time);
        app.Use(next => context => requests.RunAsync(context, next));
        app.Use(next => context => border.RunAsync(context, next));
        app.Use(next => context => guards.RunAsync(context, next));
        app.UseRouting();
        routes.Map(app);
        return app;
    }

    private async Task<int> StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException or SocketException)
        {
            throw new UsageException(
                $"Port {order.Port} on 127.0.0.1 is taken, perhaps by another codex-sidecar serve. Use another one: --port 0 takes "
                    + $"a free one."
            );
        }
        return new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
