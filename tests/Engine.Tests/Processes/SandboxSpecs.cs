using System.Net;
using System.Net.Sockets;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>What commands can do on the first backend, as a session finds it. The second has <see cref="LandlockSpecs"/>.</summary>
public sealed class SandboxSpecs : IDisposable
{
    private readonly CommandFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_best_rung_is_taken_where_it_works()
    {
        var sandbox = await ProbeAsync();

        Assert.Equal(SandboxKind.Bubblewrap, sandbox.Kind);
        Assert.StartsWith("bubblewrap 0.", sandbox.Description);
    }

    [Fact]
    public async Task Without_bubblewrap_the_second_rung_is_taken_and_says_what_to_install()
    {
        Needs.Landlock();

        var sandbox = await Sandbox.ProbeAsync(folder.Path, Running.Token, name =>
            name == "PATH" ? folder.Path : Environment.GetEnvironmentVariable(name)
        );

        Assert.Equal(SandboxKind.Landlock, sandbox.Kind);
        Assert.StartsWith("Landlock (version ", sandbox.Description);
        Assert.Contains("bubblewrap is not installed (apt install bubblewrap", sandbox.Description);
    }

    [Fact]
    public async Task Files_are_written_in_the_workspace_and_nowhere_else()
    {
        var outside = Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), $"outside-{Guid.NewGuid():n}");

        var result = await ShellAsync($"echo in > inside; echo out > {outside}; echo tmp > /tmp/only-here && cat /tmp/only-here");

        Assert.EndsWith("tmp\n", result.Output);
        Assert.Equal("in\n", folder.Read("inside"));
        Assert.False(File.Exists(outside));
        Assert.False(File.Exists("/tmp/only-here"));
    }

    [Fact]
    public async Task The_hosts_loopback_does_not_exist()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var result = await ShellAsync($"exec 3<>/dev/tcp/127.0.0.1/{((IPEndPoint)listener.LocalEndpoint).Port} && echo connected");

        Assert.NotEqual(0, result.ExitCode);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task Git_hooks_and_config_cannot_be_changed_nor_moved_away()
    {
        folder.Write(".git/config", "[core]\n");
        folder.Write(".git/hooks/pre-commit.sample", "");

        var result = await ShellAsync(
            "echo x >> .git/config; echo x > .git/hooks/pre-commit; mv .git elsewhere; mv .git/hooks .git/h; rm -rf .git/config; "
                + "echo index > .git/index; ls .git"
        );

        Assert.Equal("[core]\n", folder.Read(".git/config"));
        Assert.Equal([folder.At(".git/hooks/pre-commit.sample")], Directory.GetFiles(folder.At(".git/hooks")));
        Assert.EndsWith("config\nhooks\nindex\n", result.Output);
    }

    [Fact]
    public async Task A_local_server_in_python_works_inside()
    {
        Needs.Python();
        var result = await (await ProbeAsync()).RunAsync(
            folder,
            "python3",
            "-c",
            """
            import http.server, threading, urllib.request
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            print(urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/").status)
            """
        );

        Assert.EndsWith("200\n", result.Output);
    }

    [Fact]
    public async Task A_node_test_with_a_local_server_works_inside()
    {
        folder.Write(
            "server.test.js",
            """
            const { test } = require('node:test'); const assert = require('node:assert'); const http = require('node:http');
            test('serves', async () => {
              const server = http.createServer((q, s) => s.end('hello'));
              await new Promise(done => server.listen(0, '127.0.0.1', done));
              const answer = await fetch(`http://127.0.0.1:${server.address().port}/`);
              assert.strictEqual(await answer.text(), 'hello');
              server.close();
            });
            """
        );

        var result = await (await ProbeAsync()).RunAsync(folder, "node", "--test");

        Assert.Contains("pass 1", result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    private Task<Sandbox> ProbeAsync()
    {
        Needs.Bubblewrap();
        return Sandbox.ProbeAsync(folder.Path, Running.Token);
    }

    private async Task<CommandResult> ShellAsync(string script) => await (await ProbeAsync()).ShellAsync(folder, script);
}
