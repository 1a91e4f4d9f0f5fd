using System.Text.RegularExpressions;

namespace Skerry.ArchitectureTests;

/// <summary>Rules of the house that no analyzer knows.</summary>
public sealed partial class SourceRulesTests
{
    [Fact]
    public void NativeImports_LiveInSkerryLinux()
    {
        IEnumerable<string> elsewhere = Repository.Sources("src")
            .Where(path => !Repository.Relative(path).StartsWith("src/Skerry.Linux/", StringComparison.Ordinal))
            .Where(path => NativeImport().IsMatch(File.ReadAllText(path)));
        Assert.Empty(elsewhere.Select(Repository.Relative));
    }

    [Fact]
    public void ShimAndAgent_StartProcessesBySpawnerOnly()
    {
        // Only the command a person runs references these: neither shim nor agent comes there.
        string[] ofTheCommand = ["src/Skerry.Cli/", "src/Skerry.GuestAssets/", "src/Skerry.Images/"];
        IEnumerable<string> users = Repository.Sources("src")
            .Where(path => !ofTheCommand.Any(folder => Repository.Relative(path).StartsWith(folder, StringComparison.Ordinal)))
            .Where(path => ProcessStart().IsMatch(File.ReadAllText(path)));
        Assert.Empty(users.Select(Repository.Relative));
    }

    [Fact]
    public void NoSource_LeavesWorkOpenOrHidesErrors()
    {
        IEnumerable<string> lines =
            from path in Repository.Sources("src")
            from line in File.ReadLines(path).Select((text, index) => (text, number: index + 1))
            where OpenWork().IsMatch(line.text)
            select $"{Repository.Relative(path)}:{line.number}: {line.text.Trim()}";
        Assert.Empty(lines);
    }

    [Fact]
    public void NoType_IsCalledManagerHelperOrUtils()
    {
        IEnumerable<string> names =
            from path in Repository.Sources("src")
            let name = Path.GetFileNameWithoutExtension(path)
            where VagueName().IsMatch(name)
            select Repository.Relative(path);
        Assert.Empty(names);
    }

    [Fact]
    public void AFile_StaysOneIdea()
    {
        const int MostLines = 450;
        IEnumerable<string> long_ =
            from path in Repository.Sources("src")
            let lines = File.ReadLines(path).Count()
            where lines > MostLines
            select $"{Repository.Relative(path)}: {lines} lines";
        Assert.Empty(long_);
    }

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\b")]
    private static partial Regex NativeImport();

    [GeneratedRegex(@"\bSystem\.Diagnostics\.Process\b|\bProcess\.Start\(|new ProcessStartInfo")]
    private static partial Regex ProcessStart();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|\bXXX\b|NotImplementedException|catch\s*\{\s*\}|#region|#pragma warning disable(?!.*//)")]
    private static partial Regex OpenWork();

    [GeneratedRegex(@"(Manager|Helper|Helpers|Utils|Utilities)$")]
    private static partial Regex VagueName();
}
