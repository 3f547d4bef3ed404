using Spectre.Console;
using Spectre.Console.Rendering;

namespace CodexSidecar.Faces.Cli;

/// <summary>Paints drawings. The only place where foreign text becomes output, so the only place that makes it harmless.</summary>
/// <param name="terminal">False: plain lines, no boxes, nothing that is later taken away.</param>
internal sealed class Screen(IAnsiConsole console, bool terminal)
{
    private const string Gutter = "  │ ";
    private string? stream;
    private bool atLineStart = true;
    private bool statusShown;

    /// <param name="detect">False: the sixteen colours every terminal has, whatever this process runs in.</param>
    public static Screen On(TextWriter writer, bool terminal, bool colour, int width, bool detect = true)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi =
                    !colour ? AnsiSupport.No
                    : detect ? AnsiSupport.Detect
                    : AnsiSupport.Yes,
                ColorSystem =
                    !colour ? ColorSystemSupport.NoColors
                    : detect ? ColorSystemSupport.Detect
                    : ColorSystemSupport.Standard,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(writer),
                // The default enrichers switch colours on for build servers, also into files.
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            }
        );
        console.Profile.Width = width;
        return new Screen(console, terminal);
    }

    public void Draw(IEnumerable<Drawing> drawings)
    {
        foreach (var drawing in drawings)
        {
            Draw(drawing);
        }
    }

    public void Draw(Drawing drawing)
    {
        EraseStatus();
        if (drawing is not StreamedText piece)
        {
            EndLine();
            stream = null;
        }
        else if (piece.Stream != stream)
        {
            EndLine();
            stream = piece.Stream;
        }
        switch (drawing)
        {
            case Line line:
                console.Write(
                    new Unfolded([
                        .. line.Spans.Select(span => new Segment(Harmless.Line(span.Text), StyleOf(span.Tone))),
                        Segment.LineBreak,
                    ])
                );
                break;
            case StreamedText text:
                Stream(Harmless.Text(text.Text), StyleOf(text.Tone));
                break;
            case Grid grid when terminal:
                console.Write(TableOf(grid));
                break;
            case Grid grid:
                Columns(grid);
                break;
            case Status now when terminal && console.Profile.Capabilities.Ansi:
                var shown = Harmless.Line(now.Text);
                console.Write(new Unfolded([new Segment(shown[..Math.Min(shown.Length, console.Profile.Width - 1)], StyleOf(Tone.Quiet))]));
                statusShown = true;
                break;
        }
    }

    private void Stream(string text, Style style)
    {
        foreach (var (index, part) in text.Split('\n').Index())
        {
            if (index > 0)
            {
                EndLine(evenIfEmpty: true);
            }
            if (part.Length == 0)
            {
                continue;
            }
            console.Write(new Unfolded([new Segment(atLineStart ? Gutter : "", StyleOf(Tone.Quiet)), new Segment(part, style)]));
            atLineStart = false;
        }
    }

    private void Columns(Grid grid)
    {
        IReadOnlyList<IReadOnlyList<string>> rows =
        [
            grid.Headers,
            .. grid.Rows.Select(row => row.Select(span => Harmless.Line(span.Text)).ToList()),
        ];
        var widths = grid.Headers.Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
        {
            Draw(new Line(new Span("  " + string.Join("  ", row.Select((text, column) => text.PadRight(widths[column]))).TrimEnd())));
        }
    }

    private void EndLine(bool evenIfEmpty = false)
    {
        if (atLineStart && !evenIfEmpty)
        {
            return;
        }
        console.Write(new Unfolded([new Segment(atLineStart ? Gutter.TrimEnd() : "", StyleOf(Tone.Quiet)), Segment.LineBreak]));
        atLineStart = true;
    }

    private void EraseStatus()
    {
        if (!statusShown)
        {
            return;
        }
        console.Write(new Unfolded([Segment.Control("\r\e[2K")]));
        statusShown = false;
    }

    private static Table TableOf(Grid grid)
    {
        var table = new Table { Border = TableBorder.Rounded, UseSafeBorder = false };
        foreach (var header in grid.Headers)
        {
            table.AddColumn(new TableColumn(new Text(Harmless.Line(header), StyleOf(Tone.Strong))));
        }
        foreach (var row in grid.Rows)
        {
            table.AddRow(row.Select(span => new Text(Harmless.Line(span.Text), StyleOf(span.Tone))));
        }
        return table;
    }

    private static Style StyleOf(Tone tone) =>
        tone switch
        {
            Tone.Quiet => new Style(decoration: Decoration.Dim),
            Tone.Strong => new Style(decoration: Decoration.Bold),
            Tone.Good or Tone.Added => new Style(Color.Green),
            Tone.Bad or Tone.Removed => new Style(Color.Red),
            Tone.Careful => new Style(Color.Yellow),
            Tone.Place => new Style(Color.Teal),
            _ => Style.Plain,
        };

    /// <summary>Text exactly as it is: the terminal folds long lines itself, so that copied text and redirected lines stay whole.</summary>
    private sealed class Unfolded(IReadOnlyList<Segment> segments) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            segments.Where(segment => segment.IsControlCode || segment.Text.Length > 0);
    }
}
