using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>What a kernel was built from and what came out (version 1), kept beside it: the next build compares.</summary>
internal sealed record KernelBuildStamp
{
    internal const int CurrentVersion = 1;
    private const string FileName = ".kernel.json";

    public required int Version { get; init; }

    /// <summary>SHA-256 over everything that went in.</summary>
    public required string InputDigest { get; init; }

    public required string KernelVersion { get; init; }

    public required SortedDictionary<string, long> SizesBytes { get; init; }

    /// <summary>The stamp in <paramref name="directory"/>, when it is of this input and every file is there in its size; else null.</summary>
    internal static KernelBuildStamp? Read(string directory, string inputDigest) =>
        Read(directory) is { } stamp && stamp.InputDigest == inputDigest ? stamp : null;

    /// <summary>The stamp in <paramref name="directory"/>, when every file it names is there in its size; else null.</summary>
    internal static KernelBuildStamp? Read(string directory)
    {
        try
        {
            KernelBuildStamp? stamp = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(directory, FileName)), KernelBuildStampJson.Default.KernelBuildStamp);
            bool whole = stamp is { Version: CurrentVersion }
                && stamp.SizesBytes.All(pair => new FileInfo(Path.Combine(directory, pair.Key)) is { Exists: true } file && file.Length == pair.Value);
            return whole ? stamp : null;
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            return null; // No stamp, or one of another version: build.
        }
    }

    /// <summary>Puts a kernel's files into <paramref name="directory"/>, and last this stamp.</summary>
    /// <exception cref="GuestAssetException">ResourceExhausted or HostDenied; without room, a kernel that was there is there still.</exception>
    internal Task WriteAsync(string directory, IEnumerable<(string Name, byte[] Content)> files, CancellationToken cancellationToken)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(this, KernelBuildStampJson.Default.KernelBuildStamp);
        return AtomicFile.WriteAllAsync([.. files.Append((FileName, json)).Select(file => (Path.Combine(directory, file.Item1), (ReadOnlyMemory<byte>)file.Item2))], cancellationToken);
    }

    internal BuiltKernel Describe(string directory, bool rebuilt) =>
        new() { Directory = directory, Version = KernelVersion, SizesBytes = SizesBytes, Rebuilt = rebuilt };
}

/// <summary>Source-generated JSON of <see cref="KernelBuildStamp"/>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(KernelBuildStamp))]
internal sealed partial class KernelBuildStampJson : JsonSerializerContext;
