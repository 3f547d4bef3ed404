using CodexSidecar.Contracts;
using CodexSidecar.Engine.Audit;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.State;
using CodexSidecar.Engine.Workspace;
using CodexSidecar.Testing;

namespace CodexSidecar.Engine.Tests.State;

/// <summary>Locks, and what is said of a disk that refuses.</summary>
public sealed class DiskSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_lock_is_seen_without_being_taken()
    {
        var file = folder["lock"];
        Assert.False(Disk.IsLocked(file));
        Assert.False(File.Exists(file));
        using (var held = Disk.TryLock(file))
        {
            Assert.True(Disk.IsLocked(file));
            Assert.Null(Disk.TryLock(file));
        }
        Assert.False(Disk.IsLocked(file));
    }

    /// <summary>A link to itself can be opened by nobody, root included; no one holds it.</summary>
    [Fact]
    public void What_cannot_be_locked_at_all_is_not_held_by_somebody_else()
    {
        File.CreateSymbolicLink(folder["lock"], folder["lock"]);
        Assert.ThrowsAny<IOException>(() => Disk.TryLock(folder["lock"]));
        Assert.ThrowsAny<IOException>(() => Disk.IsLocked(folder["lock"]));
    }

    /// <summary>The clock stands still: who waits by it would wait for ever.</summary>
    [Fact]
    public void A_file_that_nobody_holds_is_not_waited_for()
    {
        File.CreateSymbolicLink(folder["audit.jsonl"], folder["audit.jsonl"]);
        Assert.ThrowsAny<IOException>(() => LockedFile.OpenAlone(folder["audit.jsonl"], new FakeTime()));
        Assert.ThrowsAny<IOException>(() => LockedFile.OpenToRead(folder["audit.jsonl"], new FakeTime()));
    }

    [Theory]
    [InlineData(28, "disk_full", "The disk is full: ")]
    [InlineData(30, "read_only", "The disk is read-only: ")]
    [InlineData(23, "open_files", "Too many files are open: ")]
    [InlineData(24, "open_files", "Too many files are open: ")]
    public void A_refusal_is_told_as_what_it_is(int number, string code, string sentence)
    {
        var fault = new InvalidOperationException("outside", new IOException("The system's own words : '/place'.", number));
        var found = DiskFault.Find(fault)!;
        Assert.Equal(code, found.Code);
        Assert.StartsWith(sentence, found.Sentence, StringComparison.Ordinal);
        Assert.EndsWith("(The system's own words : '/place')", found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void All_else_has_no_name() => Assert.Null(DiskFault.Find(new IOException("broken pipe", 32)));

    [Fact]
    public void The_doctor_says_that_a_disk_is_full()
    {
        var disk = new FaultyDisk();
        var home = new SidecarHome(folder["state"], folder["cache"], folder["config"]) { AtStep = disk.Step };
        Assert.Equal(FindingState.Ok, DoctorEntrance.State(home).State);

        disk.FailAt(1, isFullFromThen: true);

        var found = DoctorEntrance.State(home);
        Assert.Equal(FindingState.Problem, found.State);
        Assert.Contains("The disk is full", found.Text, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(home.State));
    }
}
