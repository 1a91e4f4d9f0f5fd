using System.Globalization;
using System.Text;

namespace Skerry.Bench.Results;

/// <summary>A trend as a Markdown table: a line for each number, a column for each reading.</summary>
public static class TrendTable
{
    public static string Format(Trend trend)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"| {trend.Name}: after … | {string.Join(" | ", trend.At)} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| --- |{string.Concat(trend.At.Select(_ => " --- |"))}");
        foreach ((string name, IReadOnlyList<double> values) in trend.Values)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", values.Select(value => value.ToString("0.##", CultureInfo.InvariantCulture)))} |");
        }

        return text.ToString();
    }
}
