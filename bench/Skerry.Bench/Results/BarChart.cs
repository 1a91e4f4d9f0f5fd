using System.Globalization;
using System.Text;

namespace Skerry.Bench.Results;

/// <summary>An SVG with a group of two bars per comparison, ours and the reference, each group on its own scale.</summary>
public static class BarChart
{
    private const int RowHeight = 58;
    private const int LabelWidth = 330;
    private const int BarWidth = 420;

    public static string Draw(string title, IReadOnlyList<Comparison> comparisons)
    {
        Comparison[] lines = [.. comparisons.Where(line => line.Reference is not null)];
        var svg = new StringBuilder();
        int height = 50 + (lines.Length * RowHeight);
        svg.AppendLine(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{LabelWidth + BarWidth + 190}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\">");
        svg.AppendLine("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"12\" y=\"26\" font-size=\"17\" fill=\"#222222\">{Escape(title)}</text>");
        for (int index = 0; index < lines.Length; index++)
        {
            Row(svg, lines[index], 46 + (index * RowHeight));
        }

        return svg.AppendLine("</svg>").ToString();
    }

    private static void Row(StringBuilder svg, Comparison line, int y)
    {
        double largest = Math.Max(line.Ours.Median, line.Reference!.Median);
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"12\" y=\"{y + 24}\" fill=\"#222222\">{Escape(line.Name)}</text>");
        Bar(svg, y, line.Ours.Median / largest, "#2a6f97", $"Skerry {line.Ours.Median:F2} {line.Ours.Unit}");
        Bar(svg, y + 22, line.Reference.Median / largest, "#a9b4c2", $"{line.ReferenceName} {line.Reference.Median:F2} {line.Ours.Unit}");
    }

    private static void Bar(StringBuilder svg, int y, double fraction, string color, string label)
    {
        int width = Math.Max(1, (int)(fraction * BarWidth));
        svg.AppendLine(CultureInfo.InvariantCulture, $"<rect x=\"{LabelWidth}\" y=\"{y + 4}\" width=\"{width}\" height=\"17\" fill=\"{color}\"/>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth + width + 6}\" y=\"{y + 17}\" font-size=\"11\" fill=\"#444444\">{Escape(label)}</text>");
    }

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
