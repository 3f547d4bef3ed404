namespace CodexSidecar.Engine.Policy.Rules;

/// <summary>A program of the user's that offers tools by the Model Context Protocol on its stdin and stdout.</summary>
/// <param name="Name">Small letters, digits, - and _; part of its tools' names.</param>
/// <param name="Environment">On top of what every child process gets; nothing else of ours is passed on.</param>
internal sealed record ExtraServer(string Name, IReadOnlyList<string> Argv, IReadOnlyDictionary<string, string> Environment)
{
    public const int Most = 8;
}
