using System.Text;
using Spectre.Console;

namespace Skerry.Cli.Output;

/// <summary>Tells the table writer about our stream, so that it asks no <see cref="Console"/>.</summary>
internal sealed class TerminalOutput(TextWriter writer, bool isTerminal, Func<(int Columns, int Rows)> size) : IAnsiConsoleOutput
{
    /// <summary>Assumed where the terminal does not say.</summary>
    private const int UsualColumns = 80;
    private const int UsualRows = 24;

    public TextWriter Writer { get; } = writer;

    public bool IsTerminal { get; } = isTerminal;

    public int Width => size().Columns is > 0 and var columns ? columns : UsualColumns;

    public int Height => size().Rows is > 0 and var rows ? rows : UsualRows;

    public void SetEncoding(Encoding encoding)
    {
        // Our streams are UTF-8 always.
    }
}
