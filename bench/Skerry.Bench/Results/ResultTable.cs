using System.Globalization;
using System.Text;

namespace Skerry.Bench.Results;

/// <summary>The comparisons as a Markdown table, which is also what the terminal shows.</summary>
public static class ResultTable
{
    public static string Format(IEnumerable<Comparison> comparisons)
    {
        var text = new StringBuilder();
        text.AppendLine("| what | ours (median) | reference (median) | result | budget | |");
        text.AppendLine("| --- | --- | --- | --- | --- | --- |");
        foreach (Comparison line in comparisons)
        {
            string reference = line.Reference is null ? "" : $"{line.ReferenceName}: {line.Reference}";
            text.AppendLine(CultureInfo.InvariantCulture, $"| {line.Name} | {line.Ours} | {reference} | {Result(line)} | {Budget(line)} | {Verdict(line)} |");
        }

        return text.ToString();
    }

    private static string Result(Comparison line) => line.Reference is not null && line.Relation == Relation.Ratio
        ? Invariant(line.Result) + "×"
        : $"{Invariant(line.Result)} {line.Ours.Unit}".TrimEnd();

    private static string Budget(Comparison line) => line.Budget is not double budget
        ? ""
        : (line.MoreIsBetter ? "≥ " : "≤ ") + Invariant(budget) + (line.Reference is not null && line.Relation == Relation.Ratio ? "×" : $" {line.Ours.Unit}".TrimEnd());

    private static string Verdict(Comparison line) => line.Met switch
    {
        true => "met",
        false => "missed",
        null => "",
    };

    private static string Invariant(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
