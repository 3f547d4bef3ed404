using CodexSidecar.Contracts;
using CodexSidecar.Engine.Runs;
using CodexSidecar.Engine.State;
using CodexSidecar.Testing.ModelServer;

namespace CodexSidecar.Testing;

/// <summary>A whole run with everything real but the model: a small project with a test in Node, a scripted server, a state folder of its
/// own.</summary>
internal sealed class RunBench : IAsyncDisposable
{
    public const string Broken = "export const double = (n) => n + n + 1;\n";
    public const string Solved = "export const double = (n) => n + n;\n";

    private const string Test = """
        import { test } from 'node:test';
        import assert from 'node:assert/strict';
        import { double } from './double.js';
        test('double of two is four', () => assert.equal(double(2), 4));
        """;

    public RunBench(params IReadOnlyList<FakeRule> rules)
        : this(new FakeScript { Rules = rules }) { }

    public RunBench(FakeScript script)
    {
        Server = new FakeModelServer(script);
        Home = new SidecarHome(State["state"], State["cache"], State["config"]) { AtStep = Disk.Step };
        Workspace
            .With("package.json", """{ "type": "module", "scripts": { "test": "node --test" } }""")
            .With("double.js", Broken)
            .With("double.test.js", Test);
        Settings = new RunSettings
        {
            Workspace = Workspace.Path,
            BaseUrl = Server.BaseUrl,
            Consilium = ConsiliumSize.Off,
            AllowUnsandboxed = true,
        };
    }

    public TemporaryFolder Workspace { get; } = new();
    public TemporaryFolder State { get; } = new();
    public FakeModelServer Server { get; }

    /// <summary>What the state folder is on; does not fail until it is told to.</summary>
    public FaultyDisk Disk { get; } = new();
    public SidecarHome Home { get; set; }
    public RunSettings Settings { get; set; }
    public List<RunEvent> Events { get; } = [];

    /// <summary>The run worked in a shadow; else it changed the files while it worked.</summary>
    public bool HasShadow => !Events.OfType<NoticeRaised>().Any(notice => notice.Title == RunSetup.NoShadow);
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called for each event of the run as it comes, with the session to answer on. By itself it is a face that cannot
    /// ask.</summary>
    public Action<Session, RunEvent> OnEvent { get; set; } =
        (session, happened) =>
        {
            if (happened is PermissionAsked asked)
            {
                session.Answer(asked.AskId, new(false, AnsweredBy.Face));
            }
        };

    public async Task<RunOutcome> RunAsync(CancellationToken cancellationToken, string task = "double(2) is 5, it must be 4.")
    {
        await using var session = Session.Open(Home, Workspace.Path, Time);
        var listening = ListenAsync(session);
        var outcome = await session.RunAsync(new RunRequest(task, Settings with { Workspace = Workspace.Path }), cancellationToken);
        await listening;
        return outcome;
    }

    public T Single<T>()
        where T : RunEvent => Events.OfType<T>().Single();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Home.Log.Dispose();
        Workspace.Dispose();
        State.Dispose();
    }

    private async Task ListenAsync(Session session)
    {
        await foreach (var envelope in session.EventsAsync(CancellationToken.None))
        {
            Events.Add(envelope.Event);
            OnEvent(session, envelope.Event);
        }
    }
}
