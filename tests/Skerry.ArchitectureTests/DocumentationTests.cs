using System.Text.RegularExpressions;

namespace Skerry.ArchitectureTests;

/// <summary>Documents stay true with the tree: links lead somewhere, and the files they name exist.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Documents => new(
        Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(Repository.Relative));

    [Theory]
    [MemberData(nameof(Documents))]
    public void LinksAndSourcePaths_LeadToFilesOfTheTree(string document)
    {
        string path = Path.Combine(Repository.Root, document);
        string text = File.ReadAllText(path);
        string folder = Path.GetDirectoryName(path)!;
        IEnumerable<string> links = Link().Matches(text)
            .Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Select(target => Path.GetFullPath(Path.Combine(folder, target.Split('#')[0])));
        IEnumerable<string> sources = SourcePath().Matches(text)
            .Select(match => Path.Combine(Repository.Root, match.Groups[1].Value));

        Assert.Empty(links.Concat(sources).Where(target => !Path.Exists(target)).Select(Repository.Relative));
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:src|tests|eng|packaging|protos|bench|docs)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex SourcePath();
}
