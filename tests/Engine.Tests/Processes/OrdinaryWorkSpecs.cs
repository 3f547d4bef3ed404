using CodexSidecar.Engine.Processes;
using CodexSidecar.Testing;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>What projects do all day works in the sandbox (Python and node: SandboxSpecs).</summary>
public sealed class OrdinaryWorkSpecs : IDisposable
{
    private readonly CommandFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Restores from the packages on this machine, builds, and runs a test that talks to a server of its own over HTTP.</summary>
    [Fact]
    public async Task Dotnet_test_works_with_a_local_server_and_no_network()
    {
        Needs.Bubblewrap();
        folder.Write(
            "Directory.Build.props",
            """
            <Project>
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
            </Project>
            """
        );
        folder.Write("Directory.Packages.props", "<Project/>");
        folder.Write("global.json", """{ "test": { "runner": "Microsoft.Testing.Platform" } }""");
        folder.Write(
            "Inside.Tests.csproj",
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType></PropertyGroup>
              <ItemGroup><PackageReference Include="xunit.v3" Version="VERSION" /></ItemGroup>
            </Project>
            """.Replace("VERSION", XunitVersion(), StringComparison.Ordinal)
        );
        folder.Write(
            "ServerTests.cs",
            """
            using System.Net;
            public class ServerTests
            {
                [Xunit.Fact]
                public async Task It_answers()
                {
                    var port = Free();
                    using var server = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
                    server.Start();
                    var serving = Task.Run(async () => { var one = await server.GetContextAsync(); one.Response.Close("hello"u8.ToArray(), true); });
                    using var client = new HttpClient();
                    Xunit.Assert.Equal("hello", await client.GetStringAsync($"http://127.0.0.1:{port}/"));
                    await serving;
                }
                static int Free() { using var one = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0); one.Start(); return ((IPEndPoint)one.LocalEndpoint).Port; }
            }
            """
        );
        var sandbox = await Sandbox.ProbeAsync(folder.Path, Running.Token);
        Assert.Equal(SandboxKind.Bubblewrap, sandbox.Kind);

        var result = await new CommandRunner(sandbox, TimeProvider.System).RunAsync(
            new(["dotnet", "test"], folder.Path, TimeSpan.FromMinutes(5)),
            null,
            Running.Token
        );

        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Contains("succeeded: 1", result.Output);
    }

    [Fact]
    public async Task Git_works_but_for_what_decides_what_it_runs()
    {
        var sandbox = await Sandbox.ProbeAsync(folder.Path, Running.Token);
        await Sandbox
            .WithoutAny(folder.Path, "for the test")
            .ShellAsync(folder, "git init -q && git config user.name me && git config user.email me@example.com");

        var result = await sandbox.ShellAsync(
            folder,
            "echo x > f && git add f && git commit -qm one && git log --format=%s && git status --short && git stash list && git "
                + "branch other && git rev-parse -q --verify other > /dev/null && echo fine"
        );

        Assert.Equal("one\nfine\n", result.Output);
    }

    [Fact]
    public async Task A_build_with_many_processes_and_threads_works()
    {
        var sandbox = await Sandbox.ProbeAsync(folder.Path, Running.Token);

        var result = await sandbox.ShellAsync(
            folder,
            "for i in $(seq 40); do (node -e 'setTimeout(() => {}, 50)' || sleep 0.05) & done; wait; seq 500 | xargs -P 8 -n 1 sh "
                + "-c 'echo $0 > f$0'; ls | wc -l"
        );

        Assert.Equal("500\n", result.Output);
    }

    private static string XunitVersion() => typeof(FactAttribute).Assembly.GetName().Version!.ToString(3);
}
