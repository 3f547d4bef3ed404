using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.State;

/// <summary>The folder of one run below <c>runs/</c>.</summary>
internal sealed record RunFolder(string FullPath)
{
    /// <inheritdoc cref="SidecarHome.AtStep"/>
    public Action<string>? AtStep { get; init; }

    public string RunId => Path.GetFileName(FullPath);
    public string Events => Path.Join(FullPath, "events.jsonl");
    public string Cassette => Path.Join(FullPath, "cassette.jsonl");
    public string Report => Path.Join(FullPath, "report.md");
    public string ReportData => Path.Join(FullPath, "report.json");

    /// <summary>Of a run that was not solved: what its patches made of the files, as git prints it.</summary>
    public string KeptPatch => Path.Join(FullPath, "patch.diff");
    public string Patches => Path.Join(FullPath, "patches");

    /// <summary>One run per workspace over all processes.</summary>
    public static string WorkspaceLock(SidecarHome home, string workspace) =>
        Path.Join(home.State, "locks", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(workspace)))[..16]);

    public static string NewId(TimeProvider time) =>
        $"{time.GetUtcNow():yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}";

    private string RecordFile => Path.Join(FullPath, "run.json");
    private string LockFile => Path.Join(FullPath, "lock");

    /// <summary>Null when the folder holds no readable record (killed while it was created).</summary>
    public RunRecord? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(RecordFile), SessionJson.Default.RunRecord);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    public void Write(RunRecord record) =>
        Disk.Replace(RecordFile, JsonSerializer.SerializeToUtf8Bytes(record, SessionJson.Default.RunRecord), AtStep);

    /// <summary>The whole texts of a proposed patch; empty when it is unknown.</summary>
    public IReadOnlyList<PatchText> ReadTexts(string patchId)
    {
        var file = Path.Join(Patches, $"{Path.GetFileName(patchId)}.json");
        return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), ContractJson.Wire.IReadOnlyListPatchText) ?? [] : [];
    }

    /// <summary>Held as long as the run works; the system lets go of it when the process dies, however it dies.</summary>
    public FileStream? TryLock() => Disk.TryLock(LockFile);

    /// <summary>A run works in it. Takes the lock from nobody.</summary>
    public bool IsLocked => Disk.IsLocked(LockFile);
}
