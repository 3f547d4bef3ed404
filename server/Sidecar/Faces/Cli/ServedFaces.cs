using CodexSidecar.Contracts;
using CodexSidecar.Faces.Http;

namespace CodexSidecar.Faces.Cli;

/// <summary>The faces that serve another program until it goes. The program makes them (<c>Program.cs</c>); each returns an exit
/// code.</summary>
/// <param name="Acp">An editor, on stdin and stdout.</param>
/// <param name="Mcp">A program that uses our tools, on stdin and stdout.</param>
/// <param name="Http">Any program of this machine; says where it is once it listens.</param>
internal sealed record ServedFaces(
    Func<CancellationToken, Task<int>> Acp,
    Func<RunSettings, CancellationToken, Task<int>> Mcp,
    Func<HttpOrder, Action<HttpStarted>, CancellationToken, Task<int>> Http
);
