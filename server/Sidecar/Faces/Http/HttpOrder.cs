using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Http;

/// <summary>How this process serves, chosen by hand at its start.</summary>
/// <param name="Settings">Of every run; a request can only lower the level.</param>
/// <param name="Port">0: any free one.</param>
internal sealed record HttpOrder(RunSettings Settings, int Port, AccessToken Token)
{
    /// <summary>The user's standing yes: some of <see cref="HttpAsk.Words"/>.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];
}

/// <summary>The one line on stdout that tells a starting program where we are.</summary>
internal sealed record HttpStarted(string Url, string? TokenFile, string Root, string Level);
