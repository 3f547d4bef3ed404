namespace CodexSidecar.Engine.Workspace;

/// <summary>What the disk's own refusals mean, each told as what it is.</summary>
/// <param name="Code">For programs: <c>disk_full</c>, <c>read_only</c>, <c>open_files</c>.</param>
/// <param name="Sentence">For people: what happened and what to do.</param>
internal sealed record DiskFault(string Code, string Sentence)
{
    private const int Windows = unchecked((int)0x80070000);

    // Numbers of the system, as .NET hands them on in HResult. EAGAIN and EDQUOT have other ones on macOS.
    private static readonly int[] Held = [11, 35, Windows | 32, Windows | 33];
    private static readonly int[] Full = [28, Windows | 39, Windows | 112];
    private static readonly int[] Quota = OperatingSystem.IsMacOS() ? [69] : [122];
    private static readonly int[] ReadOnly = [30, Windows | 19];
    private static readonly int[] OpenFiles = [23, 24, Windows | 4];

    /// <summary>Somebody else has the file open and shares it with nobody.</summary>
    public static bool IsHeld(IOException fault) =>
        fault is not (FileNotFoundException or DirectoryNotFoundException) && Held.Contains(fault.HResult);

    /// <returns>Null: it is something else.</returns>
    public static DiskFault? Find(Exception? fault)
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            if (fault is IOException && Name(fault.HResult) is var (code, sentence))
            {
                return new(code, $"{sentence} ({fault.Message.TrimEnd('.')})");
            }
        }
        return null;
    }

    /// <summary>The sentence where there is one, else the system's own words.</summary>
    public static string Describe(Exception fault) => Find(fault)?.Sentence ?? fault.Message;

    private static (string Code, string Sentence)? Name(int number) =>
        Full.Contains(number) ? ("disk_full", "The disk is full: free some space and try again.")
        : Quota.Contains(number) ? ("disk_full", "Your share of the disk is used up: free some space and try again.")
        : ReadOnly.Contains(number) ? ("read_only", "The disk is read-only: nothing can be written there.")
        : OpenFiles.Contains(number) ? ("open_files", "Too many files are open: close other programs, or raise the limit (ulimit -n).")
        : null;
}
