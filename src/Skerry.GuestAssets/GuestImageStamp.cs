using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skerry.GuestAssets;

/// <summary>What a build was made from and what it made, kept beside the results (version 1): the next build compares.</summary>
internal sealed record GuestImageStamp
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    /// <summary>SHA-256 over everything that went in, and over the builder's own format version.</summary>
    public required string InputDigest { get; init; }

    public required string KernelFile { get; init; }

    public required string KernelSource { get; init; }

    public required string KernelVersion { get; init; }

    public required long KernelSizeBytes { get; init; }

    public required long InitrdSizeBytes { get; init; }

    public required IReadOnlyList<string> Modules { get; init; }

    /// <summary>The modules that the initramfs beside <paramref name="kernelPath"/> loads into it; none when no stamp tells.</summary>
    internal static IReadOnlyList<string> ModulesBeside(string kernelPath)
    {
        try
        {
            string stamp = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(kernelPath))!, GuestImageBuilder.StampFile);
            return JsonSerializer.Deserialize(File.ReadAllBytes(stamp), GuestImageStampJson.Default.GuestImageStamp)?.Modules ?? [];
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

/// <summary>Source-generated JSON of <see cref="GuestImageStamp"/>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(GuestImageStamp))]
internal sealed partial class GuestImageStampJson : JsonSerializerContext;
