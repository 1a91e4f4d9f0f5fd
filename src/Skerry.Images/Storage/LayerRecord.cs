namespace Skerry.Images.Storage;

/// <summary>What is known of an unpacked layer, in its layer.json.</summary>
internal sealed record LayerRecord
{
    /// <summary>The version of this file's format.</summary>
    internal const int CurrentVersion = 1;

    /// <summary>The version of the format it was written in.</summary>
    public required int Version { get; init; }

    /// <summary>Size of the uncompressed archive.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>How many entries the archive had.</summary>
    public required int Entries { get; init; }

    /// <summary>True when nothing of the layers below shows.</summary>
    public required bool OpaqueRoot { get; init; }

    /// <summary>Directories no entry described: they should look as in the layers below.</summary>
    public required IReadOnlyList<string> ImpliedDirectories { get; init; }
}
