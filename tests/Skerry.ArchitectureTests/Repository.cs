using System.Xml.Linq;

namespace Skerry.ArchitectureTests;

/// <summary>The checkout under test, read as files.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every project under src/, with the file that describes it.</summary>
    public static IReadOnlyDictionary<string, XDocument> Projects { get; } =
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path)!, path => XDocument.Load(path));

    public static IEnumerable<string> ReferencesOf(string project) =>
        Projects[project].Descendants("ProjectReference").Select(item => Path.GetFileNameWithoutExtension(item.Attribute("Include")!.Value));

    public static IEnumerable<string> PackagesOf(string project) =>
        Projects[project].Descendants("PackageReference").Select(item => item.Attribute("Include")!.Value);

    /// <summary>Source files below a folder of the checkout, build output left out.</summary>
    public static IEnumerable<string> Sources(string folder, string pattern = "*.cs") =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    public static string Relative(string path) => Path.GetRelativePath(Root, path);

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Skerry.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"no Skerry.slnx above {AppContext.BaseDirectory}");
    }
}
