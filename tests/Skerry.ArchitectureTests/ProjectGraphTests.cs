namespace Skerry.ArchitectureTests;

/// <summary>References point down, and a new edge or package is a line that somebody reviews here.</summary>
public sealed class ProjectGraphTests
{
    private static readonly Dictionary<string, string[]> AllowedReferences = new()
    {
        ["Skerry.Core"] = [],
        ["Skerry.Linux"] = ["Skerry.Core"],
        ["Skerry.Protocols"] = ["Skerry.Core", "Skerry.Linux"],
        ["Skerry.Oci"] = ["Skerry.Core", "Skerry.Linux"],
        ["Skerry.Config"] = ["Skerry.Core"],
        ["Skerry.Vsock"] = ["Skerry.Core", "Skerry.Linux"],
        ["Skerry.Images"] = ["Skerry.Core", "Skerry.Linux", "Skerry.Oci"],
        ["Skerry.GuestAssets"] = ["Skerry.Core", "Skerry.Linux"],
        ["Skerry.Hypervisor"] = ["Skerry.Core", "Skerry.Linux"],
        ["Skerry.Sandbox"] = ["Skerry.Core", "Skerry.Linux", "Skerry.Protocols", "Skerry.Oci", "Skerry.Config", "Skerry.Vsock", "Skerry.Hypervisor"],
        ["Skerry.Agent"] = ["Skerry.Core", "Skerry.Linux", "Skerry.Protocols", "Skerry.Vsock"],
        ["Skerry.Shim"] = ["Skerry.Sandbox"],
        ["Skerry.Cli"] = ["Skerry.Sandbox", "Skerry.Images", "Skerry.GuestAssets"],
    };

    private static readonly Dictionary<string, string[]> AllowedPackages = new()
    {
        ["Skerry.Protocols"] = ["Google.Protobuf", "Grpc.Tools"],
        ["Skerry.Hypervisor"] = ["Microsoft.Extensions.Logging.Abstractions"],
        ["Skerry.Sandbox"] = ["Microsoft.Extensions.Logging.Abstractions"],
        ["Skerry.Cli"] = ["System.CommandLine", "Spectre.Console"],
    };

    public static TheoryData<string> ProjectNames => new(Repository.Projects.Keys);

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void AProject_ReferencesOnlyWhatTheTableAllows(string project)
    {
        Assert.True(AllowedReferences.ContainsKey(project), $"{project} is new: give it a line in the table, below what it references");
        Assert.Empty(Repository.ReferencesOf(project).Except(AllowedReferences[project]));
    }

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void AProject_UsesOnlyPackagesThatTheTableAllows(string project) =>
        Assert.Empty(Repository.PackagesOf(project).Except(AllowedPackages.GetValueOrDefault(project, [])));

    [Fact]
    public void TheAgent_NeverSeesSandboxOrHypervisor()
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>(["Skerry.Agent"]);
        while (open.TryPop(out string? project))
        {
            foreach (string reference in Repository.ReferencesOf(project).Where(seen.Add))
            {
                open.Push(reference);
            }
        }

        Assert.DoesNotContain("Skerry.Sandbox", seen);
        Assert.DoesNotContain("Skerry.Hypervisor", seen);
        Assert.DoesNotContain("Skerry.Config", seen);
    }

    [Fact]
    public void EveryPackage_HasItsLineInTheDecision()
    {
        string decision = File.ReadAllText(Path.Combine(Repository.Root, "docs/adr/0006-dependencies.md"));
        IEnumerable<string> packages = System.Xml.Linq.XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .Select(item => item.Attribute("Include")!.Value);
        Assert.All(packages, package => Assert.Contains($"| {package} |", decision));
    }
}
