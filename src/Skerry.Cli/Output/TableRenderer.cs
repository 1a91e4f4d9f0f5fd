using System.Text;
using Spectre.Console;

namespace Skerry.Cli.Output;

/// <summary>Draws tables, with and without a terminal.</summary>
internal static class TableRenderer
{
    private const string Gap = "  ";

    /// <summary>Draws into a terminal: columns shrink and cells wrap to fit.</summary>
    internal static void Render(IAnsiConsole console, TableView view)
    {
        Table table = new Table().NoBorder();
        foreach (string column in view.Columns)
        {
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, Gap.Length, 0) });
        }

        foreach (IReadOnlyList<string> row in view.Rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        console.Write(table);
    }

    /// <summary>Each row on one line, columns padded to their widest cell, no spaces at the end.</summary>
    internal static string ToPlainText(TableView view)
    {
        IReadOnlyList<string>[] rows = [view.Columns, .. view.Rows];
        int[] widths = [.. view.Columns.Select((_, column) => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (IReadOnlyList<string> row in rows)
        {
            text.AppendLine(string.Join(Gap, row.Select((cell, column) => cell.ReplaceLineEndings(" ").PadRight(widths[column]))).TrimEnd());
        }

        return text.ToString();
    }
}
