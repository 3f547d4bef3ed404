namespace CodexSidecar.Engine.Processes;

/// <summary>A process to start, as the operating system sees it.</summary>
/// <param name="Program">Absolute path.</param>
/// <param name="Marker">Put into the environment of the command, so that even a daemon it leaves behind can be found.</param>
/// <param name="IsBubblewrap">The program is bubblewrap: it takes its status pipe and filter as options and kills by namespace.</param>
/// <param name="Filter">For bubblewrap: the program of <see cref="Seccomp.SeccompFilter"/>.</param>
internal sealed record Launch(
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string Folder,
    string Marker,
    bool IsBubblewrap = false,
    byte[]? Filter = null
)
{
    /// <summary>What is said over <see cref="MountedDescriptor"/>, whose number has one digit: no shell must take more.</summary>
    public const string Mounted = "mounted";
    public const int MountedDescriptor = 9;

    /// <summary>Where in the arguments those of bubblewrap begin: not at once when it is started over an overlay.</summary>
    public int OptionsAt { get; init; }

    /// <summary>It says <see cref="Mounted"/> just before it becomes the command; if not, the command was not run.</summary>
    public bool TellsMount { get; init; }

    /// <summary>Its standard input is a pipe of ours, and what it writes to standard error is dropped.</summary>
    public bool Talks { get; init; }
}
