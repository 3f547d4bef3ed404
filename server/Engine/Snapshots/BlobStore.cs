using System.Security.Cryptography;
using CodexSidecar.Engine.Workspace;
using Microsoft.Win32.SafeHandles;

namespace CodexSidecar.Engine.Snapshots;

/// <summary>Contents by their SHA-256, each once. Written beside and renamed, so that a name never stands for half a content.</summary>
internal sealed class BlobStore(string folder)
{
    private const int Piece = 1 << 20;

    private int unflushed;

    public bool Has(string hash) => File.Exists(At(hash));

    public Stream Open(string hash) => new FileStream(At(hash), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public IEnumerable<FileInfo> Files =>
        Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories) : [];

    public void Delete(string hash) => File.Delete(At(hash));

    /// <summary>Reads a file to its end and stores it.</summary>
    /// <returns>The hash; null: there is more than <paramref name="most"/> bytes.</returns>
    public string? Put(SafeFileHandle file, long most)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            var first = Fill(file, buffer, 0);
            return first > most ? null
                : first < buffer.Length ? Put(buffer.AsSpan(0, first))
                : PutLarge(file, buffer, most);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static string Hash(SafeFileHandle file)
    {
        using var stream = new FileStream(file, FileAccess.Read);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>What was put since the last call survives a power cut.</summary>
    public void Flush()
    {
        if (Interlocked.Exchange(ref unflushed, 0) > 0)
        {
            StoreFile.TryFlushDisk(folder);
        }
    }

    private string Put(ReadOnlySpan<byte> bytes)
    {
        var hash = WorkspaceRoot.Hash(bytes);
        if (!Has(hash))
        {
            string temporary;
            using (var stream = Create(out temporary))
            {
                stream.Write(bytes);
                FlushAlone(stream);
            }
            Rename(temporary, hash);
        }
        return hash;
    }

    private string? PutLarge(SafeFileHandle file, byte[] buffer, long most)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string temporary;
        long done = 0;
        using (var stream = Create(out temporary))
        {
            for (int read; (read = Fill(file, buffer, done)) > 0 && done <= most; done += read)
            {
                hash.AppendData(buffer, 0, read);
                stream.Write(buffer, 0, read);
            }
            FlushAlone(stream);
        }
        if (done > most)
        {
            File.Delete(temporary);
            return null;
        }
        var name = Convert.ToHexStringLower(hash.GetHashAndReset());
        Rename(temporary, name);
        return name;
    }

    private static int Fill(SafeFileHandle file, byte[] buffer, long offset)
    {
        var done = 0;
        for (int read; done < buffer.Length && (read = RandomAccess.Read(file, buffer.AsSpan(done), offset + done)) > 0; )
        {
            done += read;
        }
        return done;
    }

    private FileStream Create(out string temporary)
    {
        StoreFile.CreateFolder(folder);
        temporary = Path.Join(folder, $"{Guid.NewGuid():n}.tmp");
        return StoreFile.Create(temporary);
    }

    private void Rename(string temporary, string hash)
    {
        try
        {
            File.Move(temporary, At(hash), overwrite: true);
        }
        catch (IOException missing) when (missing is DirectoryNotFoundException or FileNotFoundException)
        {
            // File not found: another thread has just made the folder.
            StoreFile.CreateFolder(Path.GetDirectoryName(At(hash))!);
            File.Move(temporary, At(hash), overwrite: true);
        }
    }

    /// <summary>Where one call for the whole disk does not exist, each file waits for itself.</summary>
    private void FlushAlone(FileStream stream)
    {
        if (OperatingSystem.IsLinux())
        {
            Interlocked.Increment(ref unflushed);
        }
        else
        {
            stream.Flush(flushToDisk: true);
        }
    }

    private string At(string hash) => Path.Join(folder, hash[..2], hash[2..]);
}
