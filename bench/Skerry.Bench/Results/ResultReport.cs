using System.Globalization;
using System.Text;
using Skerry.Bench.Hosts;

namespace Skerry.Bench.Results;

/// <summary>The files of a run under bench/results: by its date and as the latest, as JSON, table and chart. README.md shows the table too.</summary>
public static class ResultReport
{
    private const string TableEnds = "<!-- end of the table -->";

    /// <summary>Writes the files of the general run.</summary>
    public static void Write(ResultFile results) =>
        Write(results, "", date => BarChart.Draw($"Skerry beside the references, {date}", results.Comparisons), "<!-- the newest table, written by the program -->");

    /// <summary>Writes the files of a run about one subject.</summary>
    /// <param name="results">What was measured.</param>
    /// <param name="prefix">What the files' names begin with, as in "kernel-"; empty for the general run.</param>
    /// <param name="chart">Draws the chart, given the date.</param>
    /// <param name="tableBegins">The line of README.md behind which the table goes.</param>
    public static void Write(ResultFile results, string prefix, Func<string, string> chart, string tableBegins)
    {
        string directory = Directory.CreateDirectory(Installation.Results).FullName;
        string date = results.MeasuredAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        results.Write(Path.Combine(directory, $"{prefix}{date}.json"));
        results.Write(Path.Combine(directory, $"{prefix}latest.json"));
        File.WriteAllText(Path.Combine(directory, $"{prefix}latest.svg"), chart(date));
        string page = Page(results, date);
        File.WriteAllText(Path.Combine(directory, $"{prefix}latest.md"), $"# Measured on {date}\n\n{page}");
        Insert(Path.Combine(Installation.Root, "bench", "README.md"), page, tableBegins);
    }

    /// <summary>All tables of a run, as the terminal shows them too.</summary>
    public static string Tables(ResultFile results) =>
        string.Join('\n', (results.Trends ?? []).Select(TrendTable.Format).Prepend(ResultTable.Format(results.Comparisons)));

    private static string Page(ResultFile results, string date)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Measured on {date}; the machine:\n\n");
        foreach ((string name, string value) in results.Machine)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");
        }

        return text.Append('\n').Append(Tables(results)).ToString();
    }

    private static void Insert(string path, string page, string tableBegins)
    {
        string text = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        int begin = text.IndexOf(tableBegins, StringComparison.Ordinal) + tableBegins.Length;
        int end = begin < tableBegins.Length ? -1 : text.IndexOf(TableEnds, begin, StringComparison.Ordinal);
        if (end >= begin)
        {
            File.WriteAllText(path, $"{text[..begin]}\n\n{page}\n{text[end..]}");
        }
    }
}
