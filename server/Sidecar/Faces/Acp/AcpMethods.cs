using System.Collections.Concurrent;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Acp;

/// <summary>The methods a client can call, each a short way to a session.</summary>
internal sealed class AcpMethods(AcpRpc rpc, SidecarHome home, Func<string, RunSettings> settings, TimeProvider time) : IAsyncDisposable
{
    private readonly SessionStore store = new(home, time);
    private readonly ConcurrentDictionary<string, AcpSession> open = new(StringComparer.Ordinal);
    private AcpClient client = AcpClient.Vanilla;

    public void Register()
    {
        rpc.OnRequest<InitializeParams, InitializeResult>("initialize", InitializeAsync);
        rpc.OnRequest<AuthenticateParams, Empty>("authenticate", AuthenticateAsync);
        rpc.OnRequest<NewSessionParams, SessionResult>("session/new", NewAsync);
        rpc.OnRequest<LoadSessionParams, SessionResult>("session/load", LoadAsync);
        rpc.OnRequest<LoadSessionParams, SessionResult>("session/resume", ResumeAsync);
        rpc.OnRequest<ListParams, ListResult>("session/list", ListAsync);
        rpc.OnRequest<PromptParams, PromptResult>("session/prompt", (prompt, cancellationToken) =>
            Find(prompt.SessionId).PromptAsync(prompt, cancellationToken)
        );
        rpc.OnRequest<SetModeParams, Empty>("session/set_mode", SetModeAsync);
        rpc.OnRequest<SetOptionParams, SetOptionResult>("session/set_config_option", SetOptionAsync);
        rpc.OnRequest<SessionParams, Empty>("session/close", CloseAsync);
        rpc.OnRequest<SessionParams, Empty>("session/delete", DeleteAsync);
        rpc.OnNotification<SessionParams>("session/cancel", cancel => open.GetValueOrDefault(cancel.SessionId)?.Cancel());
        new AcpOwnMethods(rpc, Find).Register();
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(open.Values.Select(session => session.CloseAsync()));

    private Task<InitializeResult> InitializeAsync(InitializeParams initialize, CancellationToken cancellationToken)
    {
        client = AcpClient.Of(initialize.ClientCapabilities);
        return Task.FromResult(
            new InitializeResult(
                1,
                new Implementation("codex-sidecar", typeof(AcpMethods).Assembly.GetName().Version!.ToString(3), "Codex Sidecar"),
                new AgentCapabilities(
                    LoadSession: true,
                    new PromptCapabilities(EmbeddedContext: true),
                    new SessionCapabilities(Empty.Object, Empty.Object, Empty.Object, Empty.Object),
                    new AgentMeta(new AgentExtras(1, AcpOwnMethods.Names))
                ),
                [new AuthMethod("local", "Local models (no sign-in)")]
            )
        );
    }

    private static Task<Empty> AuthenticateAsync(AuthenticateParams authenticate, CancellationToken cancellationToken) =>
        authenticate.MethodId == "local"
            ? Task.FromResult(Empty.Object)
            : throw new AcpError(AcpError.InvalidParams, "unknown_value", "$.methodId");

    private Task<SessionResult> NewAsync(NewSessionParams request, CancellationToken cancellationToken) =>
        AcpWork.Off(async () =>
        {
            CheckFolder(request.Cwd);
            return Enter(store.New(request.Cwd), request.Meta, request.McpServers?.Count ?? 0, tellId: true).Result;
        });

    private Task<SessionResult> LoadAsync(LoadSessionParams request, CancellationToken cancellationToken) =>
        AcpWork.Off(async () =>
        {
            var (session, result) = OpenStored(request);
            await session.ReplayAsync(_ => true);
            return result;
        });

    private Task<SessionResult> ResumeAsync(LoadSessionParams request, CancellationToken cancellationToken) =>
        AcpWork.Off(async () => OpenStored(request).Result);

    private (AcpSession Session, SessionResult Result) OpenStored(LoadSessionParams request)
    {
        CheckFolder(request.Cwd);
        if (open.TryGetValue(request.SessionId, out var current) && !SameFolder(current.Workspace, request.Cwd))
        {
            throw new AcpError(AcpError.InvalidParams, "other_cwd", "$.cwd");
        }
        if (open.TryRemove(request.SessionId, out var stale))
        {
            Wait(stale.CloseAsync());
        }
        var session = store.Open(request.SessionId) ?? throw new AcpError(AcpError.NotFound, "session");
        if (!SameFolder(session.Workspace, request.Cwd))
        {
            Wait(session.DisposeAsync().AsTask());
            throw new AcpError(AcpError.InvalidParams, "other_cwd", "$.cwd");
        }
        return Enter(session, request.Meta, request.McpServers?.Count ?? 0, tellId: false);
    }

    private (AcpSession Session, SessionResult Result) Enter(Session engine, NewSessionMeta? meta, int mcpServers, bool tellId)
    {
        // Our own client says whether the folder is trusted; others cannot, and their user chose the folder by hand.
        var defaults = settings(engine.Workspace);
        var options = AcpOptions.Of(defaults, meta?.CodexSidecar?.Trusted ?? !client.Extras);
        var session = open[engine.Id] = new AcpSession(rpc, client, engine, options, defaults);
        return (
            session,
            new SessionResult(tellId ? engine.Id : null, options.Modes, options.Draw()) { AfterSent = () => session.GreetAsync(mcpServers) }
        );
    }

    private Task<ListResult> ListAsync(ListParams request, CancellationToken cancellationToken) =>
        AcpWork.Off(async () =>
        {
            var skip = AcpPage.Read(request.Cursor);
            var all = store
                .List()
                .Where(session => request.Cwd is null || SameFolder(session.Workspace, request.Cwd))
                .Skip(skip)
                .Take(AcpPage.Size + 1)
                .ToList();
            return new ListResult(
                [
                    .. all.Take(AcpPage.Size)
                        .Select(session => new ListedSession(
                            session.SessionId,
                            session.Workspace,
                            session.Title,
                            session.UpdatedAt,
                            client.Extras ? new ListedMeta(new ListedExtras(session.Busy, session.LastStop)) : null
                        )),
                ],
                all.Count > AcpPage.Size ? AcpPage.After(skip) : null
            );
        });

    private async Task<Empty> SetModeAsync(SetModeParams request, CancellationToken cancellationToken)
    {
        try
        {
            await Find(request.SessionId).SetAsync("level", request.ModeId, asMode: true);
        }
        catch (AcpError error) when (error.ParamPath == "$.value")
        {
            throw new AcpError(error.Code, error.Kind, "$.modeId");
        }
        return Empty.Object;
    }

    private async Task<SetOptionResult> SetOptionAsync(SetOptionParams request, CancellationToken cancellationToken)
    {
        var session = Find(request.SessionId);
        await session.SetAsync(request.ConfigId, request.Value, asMode: false);
        return new SetOptionResult(session.Options.Draw());
    }

    private async Task<Empty> CloseAsync(SessionParams request, CancellationToken cancellationToken)
    {
        if (!open.TryRemove(request.SessionId, out var session))
        {
            throw new AcpError(AcpError.NotFound, "session");
        }
        await session.CloseAsync();
        return Empty.Object;
    }

    private Task<Empty> DeleteAsync(SessionParams request, CancellationToken cancellationToken) =>
        AcpWork.Off(async () =>
        {
            if (open.TryRemove(request.SessionId, out var session))
            {
                await session.CloseAsync();
            }
            store.Delete(request.SessionId);
            return Empty.Object;
        });

    private AcpSession Find(string sessionId) => open.GetValueOrDefault(sessionId) ?? throw new AcpError(AcpError.NotFound, "session");

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static void CheckFolder(string cwd)
    {
        if (!Path.IsPathFullyQualified(cwd))
        {
            throw new AcpError(AcpError.InvalidParams, "cwd", "$.cwd");
        }
    }

    private static bool SameFolder(string one, string other) =>
        Path.TrimEndingDirectorySeparator(one).Equals(Path.TrimEndingDirectorySeparator(other), StringComparison.Ordinal);
}
