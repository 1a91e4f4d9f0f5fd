using System.Globalization;
using System.Text.Json;
using Skerry.GuestAssets.Rootfs;

namespace Skerry.GuestAssets.Disks;

/// <summary>Lists what is in an image as an SPDX 2.3 document: the agent, and the packages the distribution's database names.</summary>
internal static class BillOfMaterials
{
    private const string DocumentId = "SPDXRef-DOCUMENT";
    private const string RootId = "SPDXRef-rootfs";

    /// <summary>Where the bill of <paramref name="imagePath"/> is.</summary>
    internal static string PathFor(string imagePath) => imagePath + ".spdx.json";

    /// <summary>The document's text; the same tree and time give the same.</summary>
    internal static byte[] Write(RootfsTree tree, string imageName, byte[] content, long epoch)
    {
        string digest = Convert.ToHexStringLower(content);
        List<SpdxPackage> packages = [Root(imageName, digest), Agent(tree), .. PackageDatabase.Read(tree).Select(Package)];
        var document = new SpdxDocument
        {
            Name = imageName,
            DocumentNamespace = $"https://spdx.org/spdxdocs/{imageName}-{digest[..32]}",
            CreationInfo = new SpdxCreation
            {
                Created = DateTimeOffset.FromUnixTimeSeconds(epoch).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                Creators = ["Tool: skerry-image-build"],
            },
            Packages = packages,
            Relationships =
            [
                new SpdxRelationship(DocumentId, "DESCRIBES", RootId),
                .. packages.Skip(1).Select(package => new SpdxRelationship(RootId, "CONTAINS", package.Id)),
            ],
        };
        return JsonSerializer.SerializeToUtf8Bytes(document, SpdxJson.Default.SpdxDocument);
    }

    private static SpdxPackage Root(string imageName, string digest) => new()
    {
        Id = RootId,
        Name = imageName,
        VersionInfo = digest[..16],
        PrimaryPackagePurpose = "OPERATING-SYSTEM",
    };

    private static SpdxPackage Agent(RootfsTree tree)
    {
        RootfsEntry program = RootfsAgent.Find(tree)!;
        return new SpdxPackage
        {
            Id = "SPDXRef-agent",
            Name = "skerry-agent",
            VersionInfo = "/" + program.Path,
            PrimaryPackagePurpose = "APPLICATION",
            Checksums = [new SpdxChecksum("SHA256", Convert.ToHexStringLower(FileDigest.Sha256(program.SourcePath)))],
        };
    }

    private static SpdxPackage Package(InstalledPackage package, int index) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"SPDXRef-package-{index}"),
        Name = package.Name,
        VersionInfo = package.Version,
        ExternalRefs = [new SpdxReference("PACKAGE-MANAGER", "purl", package.Url)],
    };
}
