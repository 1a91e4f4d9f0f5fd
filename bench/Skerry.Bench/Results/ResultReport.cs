using System.Globalization;
using System.Text;
using Skerry.Bench.Hosts;

namespace Skerry.Bench.Results;

/// <summary>The files of a run under bench/results: by its date and as the latest, as JSON, table and chart. README.md shows the table too.</summary>
public static class ResultReport
{
    private const string TableBegins = "<!-- the newest table, written by the program -->";
    private const string TableEnds = "<!-- end of the table -->";

    public static void Write(ResultFile results)
    {
        string directory = Directory.CreateDirectory(Installation.Results).FullName;
        string date = results.MeasuredAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        results.Write(Path.Combine(directory, date + ".json"));
        results.Write(Path.Combine(directory, "latest.json"));
        File.WriteAllText(Path.Combine(directory, "latest.svg"), BarChart.Draw($"Skerry beside the references, {date}", results.Comparisons));
        string page = Page(results, date);
        File.WriteAllText(Path.Combine(directory, "latest.md"), $"# Measured on {date}\n\n{page}");
        Insert(Path.Combine(Installation.Root, "bench", "README.md"), page);
    }

    private static string Page(ResultFile results, string date)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Measured on {date}; the machine:\n\n");
        foreach ((string name, string value) in results.Machine)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");
        }

        return text.Append('\n').Append(ResultTable.Format(results.Comparisons)).ToString();
    }

    private static void Insert(string path, string page)
    {
        string text = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        int begin = text.IndexOf(TableBegins, StringComparison.Ordinal) + TableBegins.Length;
        int end = text.IndexOf(TableEnds, StringComparison.Ordinal);
        if (begin >= TableBegins.Length && end >= begin)
        {
            File.WriteAllText(path, $"{text[..begin]}\n\n{page}\n{text[end..]}");
        }
    }
}
