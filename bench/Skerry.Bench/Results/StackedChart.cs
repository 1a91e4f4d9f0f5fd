using System.Globalization;
using System.Text;

namespace Skerry.Bench.Results;

/// <summary>An SVG of bars on one scale, each made of parts, with a legend.</summary>
public static class StackedChart
{
    private const int RowHeight = 30;
    private const int LabelWidth = 210;
    private const int BarWidth = 620;
    private static readonly string[] s_colors = ["#a9b4c2", "#e9c46a", "#2a6f97", "#61a5c2", "#90be6d", "#f4a261"];

    /// <param name="title">What stands above it.</param>
    /// <param name="bars">The bars, all with the same parts.</param>
    /// <param name="unit">What their lengths are in.</param>
    public static string Draw(string title, IReadOnlyList<StackedBar> bars, string unit = "ms")
    {
        double longest = bars.Max(bar => bar.Parts.Sum(part => part.Length));
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{LabelWidth + BarWidth + 100}\" height=\"{90 + (bars.Count * RowHeight)}\" font-family=\"sans-serif\" font-size=\"13\">");
        svg.AppendLine("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"12\" y=\"26\" font-size=\"17\" fill=\"#222222\">{title}</text>");
        Legend(svg, bars[0]);
        for (int index = 0; index < bars.Count; index++)
        {
            Row(svg, bars[index], 74 + (index * RowHeight), longest, unit);
        }

        return svg.AppendLine("</svg>").ToString();
    }

    private static void Legend(StringBuilder svg, StackedBar bar)
    {
        int x = 12;
        for (int index = 0; index < bar.Parts.Count; index++)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"42\" width=\"12\" height=\"12\" fill=\"{s_colors[index % s_colors.Length]}\"/>");
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{x + 17}\" y=\"53\" fill=\"#222222\">{bar.Parts[index].Name}</text>");
            x += 40 + (bar.Parts[index].Name.Length * 7);
        }
    }

    private static void Row(StringBuilder svg, StackedBar bar, int y, double longest, string unit)
    {
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"12\" y=\"{y + 15}\" fill=\"#222222\">{bar.Name}</text>");
        double x = LabelWidth;
        for (int index = 0; index < bar.Parts.Count; index++)
        {
            double width = bar.Parts[index].Length / longest * BarWidth;
            svg.AppendLine(CultureInfo.InvariantCulture, $"<rect x=\"{x:F1}\" y=\"{y}\" width=\"{width:F1}\" height=\"20\" fill=\"{s_colors[index % s_colors.Length]}\"/>");
            if (width > 34)
            {
                svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{x + 4:F1}\" y=\"{y + 14}\" font-size=\"11\" fill=\"#111111\">{bar.Parts[index].Length:F0}</text>");
            }

            x += width;
        }

        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{x + 6:F1}\" y=\"{y + 15}\" font-size=\"11\" fill=\"#444444\">{bar.Parts.Sum(part => part.Length):F0} {unit}</text>");
    }
}
