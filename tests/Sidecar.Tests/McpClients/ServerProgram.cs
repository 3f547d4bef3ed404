using System.Diagnostics;
using CodexSidecar.McpClients;

namespace CodexSidecar.Sidecar.Tests.McpClients;

/// <summary>
/// An MCP server that is a real program, without a sandbox, and the client of it; what it is told is kept in the file <c>told</c>.
/// </summary>
internal sealed class ServerProgram : IAsyncDisposable
{
    /// <summary>A server that answers as <c>answers</c> says, by method.</summary>
    private const string Speaks = """
        const { appendFileSync } = require('node:fs');
        const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n');
        const answers = {
          initialize: (p) => ({ protocolVersion: p.protocolVersion, capabilities: {}, serverInfo: { name: 'test', version: '1' } }),
          'tools/list': () => ({ tools: [] }),
        };
        let on = () => {};
        require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
          appendFileSync('told', line + '\n');
          const message = JSON.parse(line);
          const answer = answers[message.method];
          if (message.id !== undefined && answer) send({ id: message.id, result: answer(message.params) });
          on(message);
        });
        """;

    private readonly Process process;

    private ServerProgram(Process process, TimeProvider time)
    {
        this.process = process;
        Client = new(process.StandardInput.BaseStream, process.StandardOutput.BaseStream, time);
    }

    public ExtraClient Client { get; }

    public Task EndedAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    /// <param name="script">May change <c>answers</c>, and <c>on</c>, which gets every message.</param>
    public static ServerProgram Speaking(string script, string folder, TimeProvider time) => Running($"{Speaks}\n{script}", folder, time);

    public static ServerProgram Running(string script, string folder, TimeProvider time)
    {
        var start = new ProcessStartInfo("node", ["-e", script])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new(Process.Start(start)!, time);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        await Client.DisposeAsync();
        process.Dispose();
    }
}
