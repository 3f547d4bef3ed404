using System.Runtime.InteropServices;

namespace CodexSidecar.Engine.Processes;

/// <summary>A null-ended array of UTF-8 strings in unmanaged memory: what argv and envp are.</summary>
internal readonly unsafe struct StringVector : IDisposable
{
    private readonly int count;

    public StringVector(IReadOnlyList<string> texts)
    {
        count = texts.Count;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < count; i++)
        {
            Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }
    }

    public byte** Pointer { get; }

    public void Dispose()
    {
        for (var i = 0; i < count; i++)
        {
            Marshal.FreeCoTaskMem((nint)Pointer[i]);
        }
        NativeMemory.Free(Pointer);
    }
}
