using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.State;
using CodexSidecar.Faces.Acp;
using CodexSidecar.Faces.Cli;
using CodexSidecar.Faces.Http;
using CodexSidecar.Faces.Mcp;
using CodexSidecar.McpClients;

// The composition root: who gets what, wired by hand. Nothing here touches Serilog, git or the model client; each is made when first
// needed.

if (OwnJobs.Run(args) is { } exitCode)
{
    return exitCode;
}
SidecarHome home;
try
{
    home = SidecarHome.FromEnvironment(Environment.GetEnvironmentVariable) with
    {
        ConnectExtra = (input, output, time) => new ExtraClient(input, output, time),
    };
}
catch (UsageException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return ExitCodes.Usage;
}

// An editor waits for the answer to its first request: on its way lie neither the parsing of options nor the terminal.
if (args is ["acp"])
{
    using var interrupts = new Interrupts(() => { });
    return await ServeAcpAsync(interrupts.Token);
}
var terminal = Terminal.OfProcess(Environment.GetEnvironmentVariable);
var faces = new ServedFaces(ServeAcpAsync, ServeMcpAsync, ServeHttpAsync);
return await new CliFace(terminal, home, TimeProvider.System, Environment.CurrentDirectory, faces).RunAsync(args);

Task<int> ServeAcpAsync(CancellationToken cancellationToken) =>
    AcpFace.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput(), home, cancellationToken, log: text =>
        FaultLog.Append(home, text)
    );

Task<int> ServeMcpAsync(RunSettings settings, CancellationToken cancellationToken) =>
    McpFace.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput(), home, settings, cancellationToken, log: text =>
        FaultLog.Append(home, text)
    );

async Task<int> ServeHttpAsync(HttpOrder order, Action<HttpStarted> started, CancellationToken cancellationToken)
{
    await new HttpFace(order, home, TimeProvider.System, text => FaultLog.Append(home, text)).RunAsync(started, cancellationToken);
    return ExitCodes.Solved;
}
