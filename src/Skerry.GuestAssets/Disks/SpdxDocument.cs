using System.Text.Json.Serialization;

namespace Skerry.GuestAssets.Disks;

/// <summary>An SPDX 2.3 document, as its JSON schema has it.</summary>
internal sealed record SpdxDocument
{
    [JsonPropertyName("SPDXID")]
    public string Id { get; init; } = "SPDXRef-DOCUMENT";

    public string SpdxVersion { get; init; } = "SPDX-2.3";

    public string DataLicense { get; init; } = "CC0-1.0";

    public required string Name { get; init; }

    public required string DocumentNamespace { get; init; }

    public required SpdxCreation CreationInfo { get; init; }

    public required IReadOnlyList<SpdxPackage> Packages { get; init; }

    public required IReadOnlyList<SpdxRelationship> Relationships { get; init; }
}

/// <summary>When and by what a document was made.</summary>
internal sealed record SpdxCreation
{
    public required string Created { get; init; }

    public required IReadOnlyList<string> Creators { get; init; }
}

/// <summary>One thing in an image.</summary>
internal sealed record SpdxPackage
{
    [JsonPropertyName("SPDXID")]
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string VersionInfo { get; init; }

    public string DownloadLocation { get; init; } = "NOASSERTION";

    public bool FilesAnalyzed { get; init; }

    public string? PrimaryPackagePurpose { get; init; }

    public IReadOnlyList<SpdxChecksum>? Checksums { get; init; }

    public IReadOnlyList<SpdxReference>? ExternalRefs { get; init; }
}

/// <summary>A digest of a file.</summary>
internal sealed record SpdxChecksum(string Algorithm, string ChecksumValue);

/// <summary>Where else a package is known.</summary>
internal sealed record SpdxReference(string ReferenceCategory, string ReferenceType, string ReferenceLocator);

/// <summary>How two elements belong together.</summary>
internal sealed record SpdxRelationship(string SpdxElementId, string RelationshipType, string RelatedSpdxElement);

/// <summary>Source-generated JSON of <see cref="SpdxDocument"/>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SpdxDocument))]
internal sealed partial class SpdxJson : JsonSerializerContext;
