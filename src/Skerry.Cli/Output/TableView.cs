namespace Skerry.Cli.Output;

/// <summary>A table for people: names of columns, and rows of as many cells.</summary>
internal sealed record TableView(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
