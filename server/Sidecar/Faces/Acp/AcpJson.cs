using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodexSidecar.Contracts;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace CodexSidecar.Faces.Acp;

/// <summary>The serializer of the wire. RequestId and CommonErrorData are the library's: without them its cancellation is dropped without a
/// word.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(RequestId))]
[JsonSerializable(typeof(CommonErrorData))]
[JsonSerializable(typeof(ErrorData))]
[JsonSerializable(typeof(Empty))]
[JsonSerializable(typeof(InitializeParams))]
[JsonSerializable(typeof(InitializeResult))]
[JsonSerializable(typeof(AuthenticateParams))]
[JsonSerializable(typeof(NewSessionParams))]
[JsonSerializable(typeof(LoadSessionParams))]
[JsonSerializable(typeof(SessionResult))]
[JsonSerializable(typeof(ListParams))]
[JsonSerializable(typeof(ListResult))]
[JsonSerializable(typeof(SessionParams))]
[JsonSerializable(typeof(SetModeParams))]
[JsonSerializable(typeof(SetOptionParams))]
[JsonSerializable(typeof(SetOptionResult))]
[JsonSerializable(typeof(PromptParams))]
[JsonSerializable(typeof(PromptResult))]
[JsonSerializable(typeof(CancelRequestParams))]
[JsonSerializable(typeof(ReplayParams))]
[JsonSerializable(typeof(ReplayResult))]
[JsonSerializable(typeof(RunListParams))]
[JsonSerializable(typeof(RunListResult))]
[JsonSerializable(typeof(DecideParams))]
[JsonSerializable(typeof(DecideResult))]
[JsonSerializable(typeof(SnapshotListParams))]
[JsonSerializable(typeof(SnapshotListResult))]
[JsonSerializable(typeof(SnapshotDiffParams))]
[JsonSerializable(typeof(SnapshotDiffResult))]
[JsonSerializable(typeof(SnapshotRestoreParams))]
[JsonSerializable(typeof(SnapshotRestoreResult))]
[JsonSerializable(typeof(BuffersReadParams))]
[JsonSerializable(typeof(BuffersReadResult))]
[JsonSerializable(typeof(UpdateParams))]
[JsonSerializable(typeof(PermissionParams))]
[JsonSerializable(typeof(PermissionResult))]
[JsonSerializable(typeof(ElicitationParams))]
[JsonSerializable(typeof(ElicitationResult))]
internal sealed partial class AcpJson : JsonSerializerContext
{
    /// <summary>Cyrillic stays readable: relaxed escaping is safe on a pipe, which no browser reads as HTML.</summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static AcpJson? wire;

    public static AcpJson Wire =>
        wire ??= new AcpJson(new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { Encoder = Encoder });
}
