using System.Text.Json;

namespace CodexSidecar.Contracts;

/// <summary>The names of enum values as <see cref="SnakeCaseEnum{T}"/> writes them, for texts and other formats.</summary>
public static class Wire
{
    public static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <returns>Null: no value has this name.</returns>
    public static T? Find<T>(string name)
        where T : struct, Enum => Enum.GetValues<T>().Where(value => Name(value) == name).Select(value => (T?)value).FirstOrDefault();
}
