using System.IO.Compression;
using Skerry.Oci;

namespace Skerry.Images.Tests.Support;

/// <summary>Builds an OCI layout by hand, so that every part of it can be wrong.</summary>
internal sealed class Layout
{
    private readonly string _directory;
    private readonly List<OciDescriptor> _layers = [];
    private readonly List<string> _diffIds = [];

    internal Layout(string directory)
    {
        _directory = directory;
        Directory.CreateDirectory(Path.Combine(directory, "blobs", "sha256"));
    }

    internal string Architecture { get; init; } = "amd64";

    internal string BlobPath(string digest) => Path.Combine(_directory, "blobs", "sha256", digest["sha256:".Length..]);

    internal IReadOnlyList<OciDescriptor> Layers => _layers;

    internal Layout Layer(byte[] tar, string mediaType = OciMediaTypes.LayerGzip)
    {
        byte[] blob = mediaType == OciMediaTypes.LayerGzip ? Gzip(tar) : tar;
        _layers.Add(Blob(mediaType, blob));
        _diffIds.Add(Digest.Of(tar).ToString());
        return this;
    }

    /// <summary>A layer whose blob is compressed already.</summary>
    internal Layout RawLayer(byte[] blob, string mediaType, Digest diffId)
    {
        _layers.Add(Blob(mediaType, blob));
        _diffIds.Add(diffId.ToString());
        return this;
    }

    internal OciDescriptor Manifest(OciImageDefaults? defaults = null)
    {
        OciDescriptor config = Blob(OciMediaTypes.Config, OciJson.Write(new OciImageConfig
        {
            OS = "linux",
            Architecture = Architecture,
            Config = defaults,
            Rootfs = new OciImageRootfs { Type = "layers", DiffIds = _diffIds },
        }));
        return Blob(OciMediaTypes.Manifest, OciJson.Write(new OciManifest { SchemaVersion = 2, Config = config, Layers = _layers }));
    }

    internal string Write(params OciDescriptor[] manifests)
    {
        OciDescriptor[] all = manifests.Length > 0 ? manifests : [Manifest()];
        File.WriteAllBytes(Path.Combine(_directory, "index.json"), OciJson.Write(new OciIndex { SchemaVersion = 2, Manifests = all }));
        return $"oci:{_directory}";
    }

    internal OciDescriptor Blob(string mediaType, byte[] content)
    {
        string digest = Digest.Of(content).ToString();
        File.WriteAllBytes(BlobPath(digest), content);
        return new OciDescriptor { MediaType = mediaType, Digest = digest, Size = content.Length };
    }

    internal static Dictionary<string, string> Tag(string tag) => new() { ["org.opencontainers.image.ref.name"] = tag };

    internal static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }
}
