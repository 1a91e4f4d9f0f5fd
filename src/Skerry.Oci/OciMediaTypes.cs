namespace Skerry.Oci;

/// <summary>Media types of images: those of the OCI and Docker's of version 2 schema 2, which have the same content.</summary>
public static class OciMediaTypes
{
    /// <summary>An OCI index.</summary>
    public const string Index = "application/vnd.oci.image.index.v1+json";

    /// <summary>An OCI manifest.</summary>
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>An OCI image configuration.</summary>
    public const string Config = "application/vnd.oci.image.config.v1+json";

    /// <summary>An uncompressed layer.</summary>
    public const string Layer = "application/vnd.oci.image.layer.v1.tar";

    /// <summary>A layer compressed with gzip.</summary>
    public const string LayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";

    /// <summary>A layer compressed with zstd.</summary>
    public const string LayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";

    /// <summary>Docker's manifest list.</summary>
    public const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>Docker's manifest.</summary>
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>Docker's layer, compressed with gzip.</summary>
    public const string DockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    /// <summary>Docker's uncompressed layer.</summary>
    public const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar";

    /// <summary>True for an index or a manifest list.</summary>
    public static bool IsIndex(string? mediaType) => mediaType is Index or DockerIndex;

    /// <summary>True for a manifest of an image.</summary>
    public static bool IsManifest(string? mediaType) => mediaType is Manifest or DockerManifest;

    /// <summary>True for a layer we can unpack: a tar archive, plain or compressed with gzip or zstd, of the OCI or of Docker.</summary>
    public static bool IsLayer(string mediaType)
    {
        string kind = mediaType
            .Replace("nondistributable.", string.Empty, StringComparison.Ordinal)
            .Replace("rootfs.foreign.", "rootfs.", StringComparison.Ordinal);
        return kind is Layer or LayerGzip or LayerZstd or DockerLayerGzip or DockerLayer or $"{DockerLayer}.zstd";
    }
}
