using System.Text.Json;

namespace CodexSidecar.Faces.Acp;

/// <summary>What the client said it can do.</summary>
/// <param name="Extras">It understands <c>_meta.codexSidecar</c>: our extension.</param>
/// <param name="Forms">It shows forms, so a plain client can choose hunks too.</param>
/// <param name="Buffers">It tells which of its files are not saved.</param>
internal sealed record AcpClient(bool Extras, bool Forms, bool Notices, bool Buffers = false)
{
    public static readonly AcpClient Vanilla = new(false, false, false);

    public static AcpClient Of(ClientCapabilities? capabilities) =>
        new(
            capabilities?.Meta?.CodexSidecar?.V == 1,
            capabilities?.Elicitation?.Form is { ValueKind: JsonValueKind.Object },
            capabilities?.Session?.Notices is { ValueKind: JsonValueKind.Object },
            capabilities?.Meta?.CodexSidecar is { V: 1, Buffers: true }
        );
}
