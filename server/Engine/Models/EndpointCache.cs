using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexSidecar.Engine.Models;

/// <param name="SavedAt">Older than a week it is forgotten: servers are updated.</param>
internal sealed record CachedEndpoint(int Format, DateTimeOffset SavedAt, EndpointMemory Memory)
{
    /// <summary>Since when the refusals in it are known: after a day the server is asked again. Null: there are none.</summary>
    public DateTimeOffset? RefusedAt { get; init; }

    /// <summary>Which it is; null in files of earlier versions.</summary>
    public string? Address { get; init; }
    public string? Model { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CachedEndpoint))]
internal sealed partial class EndpointJson : JsonSerializerContext;

/// <summary>
/// What was learnt about endpoints, one file each; may be deleted at any time. A file that cannot be read or written is as if it were not
/// there.
/// </summary>
/// <param name="folder">Empty: nothing is kept.</param>
internal sealed class EndpointCache(string folder, TimeProvider time)
{
    private const int Format = 1;
    private const string Folder = "endpoints";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7),
        RefusalLifetime = TimeSpan.FromDays(1);

    public EndpointMemory Load(Uri baseUrl, string model) =>
        Read(baseUrl, model) switch
        {
            null => EndpointMemory.Empty,
            { RefusedAt: { } since, Memory: var memory } when (time.GetUtcNow() - since).Duration() >= RefusalLifetime =>
                memory.Forgiving(),
            { Memory: var memory } => memory,
        };

    private CachedEndpoint? Read(Uri baseUrl, string model)
    {
        try
        {
            if (folder.Length == 0)
            {
                return null;
            }
            var cached = JsonSerializer.Deserialize(File.ReadAllBytes(FileOf(baseUrl, model)), EndpointJson.Default.CachedEndpoint);
            return
                cached is { Format: Format, Memory.RejectedFields: not null } && (time.GetUtcNow() - cached.SavedAt).Duration() < Lifetime
                ? cached
                : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Nothing of what a server said to refuse something is new since the last time.</summary>
    private DateTimeOffset? RefusedAt(CachedEndpoint? before, EndpointMemory memory) =>
        !memory.HasRefusals ? null
        : before is { RefusedAt: { } since, Memory: var known }
        && (known.Window, known.SlimSchema) == (memory.Window, memory.SlimSchema)
        && known.RejectedFields.SequenceEqual(memory.RejectedFields)
            ? since
        : time.GetUtcNow();

    public void Save(Uri baseUrl, string model, EndpointMemory memory)
    {
        if (folder.Length == 0)
        {
            return;
        }
        try
        {
            var file = FileOf(baseUrl, model);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var temporary = $"{file}.{Environment.ProcessId}.tmp";
            var cached = new CachedEndpoint(Format, time.GetUtcNow(), memory)
            {
                RefusedAt = RefusedAt(Read(baseUrl, model), memory),
                Address = baseUrl.AbsoluteUri.TrimEnd('/'),
                Model = model,
            };
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(cached, EndpointJson.Default.CachedEndpoint));
            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>Forgets one server, or all.</summary>
    /// <returns>What is forgotten, of what was not too old to count anyway.</returns>
    public IReadOnlyList<CachedEndpoint> Forget(Uri? baseUrl)
    {
        var known = Path.Join(folder, Folder);
        if (folder.Length == 0 || !Directory.Exists(known))
        {
            return [];
        }
        var forgotten = new List<CachedEndpoint>();
        foreach (var file in Directory.EnumerateFiles(known, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                var cached = JsonSerializer.Deserialize(File.ReadAllBytes(file), EndpointJson.Default.CachedEndpoint);
                // A file without a name may be of the named server as well.
                if (baseUrl is not null && cached?.Address is { } address && address != baseUrl.AbsoluteUri.TrimEnd('/'))
                {
                    continue;
                }
                File.Delete(file);
                forgotten.AddRange(cached is { Memory.RejectedFields: not null } whole ? [whole] : []);
            }
            catch (JsonException)
            {
                File.Delete(file);
            }
        }
        return forgotten;
    }

    private string FileOf(Uri baseUrl, string model)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{baseUrl.AbsoluteUri}\n{model}")));
        return Path.Join(folder, Folder, hash[..16] + ".json");
    }
}
