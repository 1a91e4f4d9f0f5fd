using System.Text.Json;
using System.Text.Json.Serialization;
using Skerry.Core;

namespace Skerry.GuestAssets.Disks;

/// <summary>What is known of a disk image, kept beside it as <c>IMAGE.json</c> (version 1): how to boot it, and what it was made from.</summary>
public sealed record DiskImageFacts
{
    /// <summary>The version written today.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The form of this file.</summary>
    public required int Version { get; init; }

    /// <summary>SHA-256 over everything that went in.</summary>
    public required string InputDigest { get; init; }

    /// <summary>SHA-256 of the image.</summary>
    public required string Digest { get; init; }

    /// <summary>The image's length in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The configuration's <c>rootfs_type</c>.</summary>
    public required string RootfsType { get; init; }

    /// <summary>The configuration's <c>kernel_verity_params</c>; empty without hash tree.</summary>
    public required string KernelVerityParams { get; init; }

    /// <summary>What its agent runs on, as uname -m says it.</summary>
    public required string Architecture { get; init; }

    /// <summary>Where the facts of <paramref name="imagePath"/> are.</summary>
    public static string PathFor(string imagePath) => imagePath + ".json";

    /// <summary>Reads the facts beside <paramref name="imagePath"/>; null when there are none of this version.</summary>
    public static DiskImageFacts? Read(string imagePath)
    {
        try
        {
            DiskImageFacts? facts = JsonSerializer.Deserialize(File.ReadAllBytes(PathFor(imagePath)), DiskImageFactsJson.Default.DiskImageFacts);
            return facts is { Version: CurrentVersion } ? facts : null;
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DiskImageFactsJson.Default.DiskImageFacts);

    internal DiskImage Describe(string path, bool rebuilt)
    {
        VerityParameters? verity = VerityParameters.TryParse(KernelVerityParams, out VerityParameters? parsed, out _) ? parsed : null;
        return new DiskImage(path, Enum.Parse<RootfsType>(RootfsType, ignoreCase: true), verity, SizeBytes, Digest, Architecture, rebuilt);
    }
}

/// <summary>Source-generated JSON of <see cref="DiskImageFacts"/>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(DiskImageFacts))]
internal sealed partial class DiskImageFactsJson : JsonSerializerContext;
