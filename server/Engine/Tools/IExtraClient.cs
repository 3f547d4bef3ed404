using System.Text.Json;

namespace CodexSidecar.Engine.Tools;

/// <summary>
/// What a run needs of one of the user's MCP servers. The engine starts and ends its program; the protocol is spoken outside of the
/// engine, over the program's two streams. A server that once was silent too long, or has ended, is not asked again.
/// </summary>
public interface IExtraClient : IAsyncDisposable
{
    /// <summary>The greeting; the first call, and made once.</summary>
    /// <returns>Its tools as it describes them: nothing of that is to be trusted.</returns>
    /// <exception cref="ExtraServerException">It does not speak the protocol, or not within 10 seconds.</exception>
    Task<IReadOnlyList<ExtraToolDescription>> GreetAsync(CancellationToken cancellationToken);

    /// <param name="tool">As the server named it.</param>
    /// <param name="input">A JSON object.</param>
    /// <returns>Ok: the tool did not fail. The text is not to be trusted.</returns>
    /// <exception cref="ExtraServerException">It has ended, refuses the call, or does not answer within 60 seconds.</exception>
    Task<(bool Ok, string Text)> CallAsync(string tool, JsonElement input, CancellationToken cancellationToken);
}
