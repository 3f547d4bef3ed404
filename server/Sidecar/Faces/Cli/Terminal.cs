using System.Text;

namespace CodexSidecar.Faces.Cli;

/// <summary>The three streams and what they lead to. Output is UTF-8 wherever it goes.</summary>
internal sealed class Terminal
{
    private const int RedirectedWidth = 120;

    public required TextWriter Out { get; init; }
    public required TextWriter Error { get; init; }
    public required TextReader In { get; init; }

    /// <summary>A redirected input as bytes, for what need not be UTF-8; nothing may have been read by <see cref="In"/>.</summary>
    public Func<Stream> OpenIn { get; init; } = () => Stream.Null;

    /// <summary>Somebody sits there and can answer.</summary>
    public bool CanAsk { get; init; }
    public bool OutIsTerminal { get; init; }
    public bool ErrorIsTerminal { get; init; }
    public bool Colour { get; init; }
    public int Width { get; init; } = RedirectedWidth;

    public Screen OutScreen => Screen.On(Out, OutIsTerminal, Colour && OutIsTerminal, Width);
    public Screen ErrorScreen => Screen.On(Error, ErrorIsTerminal, Colour && ErrorIsTerminal, Width);

    public static Terminal OfProcess(Func<string, string?> variable)
    {
        if (OperatingSystem.IsWindows() && !(Console.IsOutputRedirected && Console.IsErrorRedirected))
        {
            Console.OutputEncoding = Encoding.UTF8;
        }
        // https://no-color.org: set to anything but the empty text.
        var colour = string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") != "dumb";
        return new Terminal
        {
            Out = Utf8(Console.OpenStandardOutput()),
            Error = Utf8(Console.OpenStandardError()),
            In = Console.IsInputRedirected ? new StreamReader(Console.OpenStandardInput(), Strict) : Console.In,
            OpenIn = Console.OpenStandardInput,
            CanAsk = !Console.IsInputRedirected && !(Console.IsOutputRedirected && Console.IsErrorRedirected),
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Colour = colour,
            Width = Console.IsOutputRedirected || Console.WindowWidth <= 0 ? RedirectedWidth : Console.WindowWidth,
        };
    }

    /// <summary>One line for the person, never for a program reading our output.</summary>
    public void Tell(string sentence) => Error.WriteLine(Harmless.Line(sentence));

    /// <summary>Refuses what is no UTF-8: marks in the place of letters would end up in the user's files.</summary>
    public static Encoding Strict { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static StreamWriter Utf8(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };
}
