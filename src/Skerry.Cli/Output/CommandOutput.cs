using System.Text;
using System.Text.Json;
using Skerry.Core;
using Spectre.Console;

namespace Skerry.Cli.Output;

/// <summary>How a command speaks: results on standard output, as a table or as JSON; everything else on standard error.</summary>
internal sealed class CommandOutput(CliHost host)
{
    private readonly Lazy<IAnsiConsole> _out = new(() => CreateConsole(host, host.Out, host.OutIsTerminal));
    private readonly Lazy<IAnsiConsole> _error = new(() => CreateConsole(host, host.Error, host.ErrorIsTerminal));

    /// <summary>Prints a line of the result.</summary>
    internal void WriteLine(string text) => host.Out.WriteLine(text);

    /// <summary>Prints a result that brings its own line ends.</summary>
    internal void Write(string text) => host.Out.Write(text);

    /// <summary>Prints a table: with a terminal it fits its width, otherwise each row is one line for grep and awk.</summary>
    internal void WriteTable(TableView table)
    {
        if (host.OutIsTerminal)
        {
            TableRenderer.Render(_out.Value, table);
        }
        else
        {
            host.Out.Write(TableRenderer.ToPlainText(table));
        }
    }

    /// <summary>Prints one JSON value: indented for people, on one line for pipes.</summary>
    internal void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = host.OutIsTerminal }))
        {
            write(json);
        }

        host.Out.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>Prints a word in a colour, where there are colours, and then a text.</summary>
    internal void WriteMarked(string mark, Color colour, string text)
    {
        if (host.UsesColour(host.OutIsTerminal))
        {
            _out.Value.Write(new Text(mark, new Style(colour)));
            host.Out.WriteLine(text);
        }
        else
        {
            host.Out.WriteLine(mark + text);
        }
    }

    /// <summary>Prints a warning to standard error.</summary>
    internal void WriteWarning(string text) => WriteToError("warning:", Color.Yellow, " " + text);

    /// <summary>Prints a notice to standard error.</summary>
    internal void WriteNotice(string text) => host.Error.WriteLine(text);

    /// <summary>Prints an error with its causes and hints, and its stack when asked.</summary>
    internal void WriteError(Exception error, bool withStack)
    {
        const string Mark = "error:";
        // A guest's words may be among them: they must not steer the terminal.
        WriteToError(Mark, Color.Red, GuestText.Sanitize(ErrorReport.Format(error)[Mark.Length..]));
        if (withStack)
        {
            host.Error.WriteLine(error.ToString());
        }
    }

    /// <summary>Shows the progress of slow work on standard error: a bar with a terminal, a line per step without.</summary>
    internal Task<T> ShowProgressAsync<T>(Func<IProgress<ProgressStep>, Task<T>> work) =>
        host.ErrorIsTerminal ? ProgressBar.RunAsync(_error.Value, work) : work(new ProgressLines(host.Error));

    private void WriteToError(string mark, Color colour, string text)
    {
        if (host.UsesColour(host.ErrorIsTerminal))
        {
            _error.Value.Write(new Text(mark, new Style(colour)));
            host.Error.WriteLine(text);
        }
        else
        {
            host.Error.WriteLine(mark + text);
        }
    }

    private static IAnsiConsole CreateConsole(CliHost host, TextWriter writer, bool isTerminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = isTerminal && host.Environment("TERM") != "dumb" ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = host.UsesColour(isTerminal) ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
        Out = new TerminalOutput(writer, isTerminal, host.TerminalSize),
    });
}
