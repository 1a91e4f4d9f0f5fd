using System.Globalization;
using System.IO.Compression;
using Skerry.Core;
using Skerry.Images.Sources;
using Skerry.Images.Tar;
using Skerry.Oci;

namespace Skerry.Images.Building;

/// <summary>Makes an image with one layer in the OCI image layout, which any engine reads. Image-spec 1.1, image-layout.md.</summary>
public static class OciLayoutWriter
{
    private const string RefName = "org.opencontainers.image.ref.name";

    /// <summary>Writes the image into the layout at <paramref name="directory"/>, made when missing; an image of the same tag is replaced.</summary>
    /// <returns>The digest of its manifest.</returns>
    /// <exception cref="SkerryException">The content cannot be read.</exception>
    public static Task<Digest> WriteAsync(string directory, OciLayoutRequest request, CancellationToken cancellationToken) =>
        Task.Run(() => Write(directory, request, cancellationToken), cancellationToken);

    private static Digest Write(string directory, OciLayoutRequest request, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(directory, "blobs", "sha256"));
        (OciDescriptor layer, Digest diffId) = WriteLayer(directory, request, cancellationToken);
        OciDescriptor config = WriteBlob(directory, OciMediaTypes.Config, OciJson.Write(MakeConfig(request, diffId)));
        var manifest = new OciManifest { SchemaVersion = 2, MediaType = OciMediaTypes.Manifest, Config = config, Layers = [layer] };
        OciDescriptor descriptor = WriteBlob(directory, OciMediaTypes.Manifest, OciJson.Write(manifest));
        WriteIndex(directory, descriptor with { Annotations = new Dictionary<string, string> { [RefName] = request.Tag } }, request.Tag);
        return Digest.Parse(descriptor.Digest);
    }

    private static (OciDescriptor Layer, Digest DiffId) WriteLayer(string directory, OciLayoutRequest request, CancellationToken cancellationToken)
    {
        string temporary = Path.Combine(directory, "blobs", $"layer-{Guid.NewGuid():n}.tmp");
        Digest digest;
        Digest diffId;
        long size;
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew))
            using (var blob = new HashingSink(file))
            {
                diffId = WriteContent(blob, request, cancellationToken);
                digest = blob.Finish();
                size = blob.Length;
            }

            File.Move(temporary, Path.Combine(directory, ImageDocuments.BlobPath(digest)), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        string type = request.Compress ? OciMediaTypes.LayerGzip : OciMediaTypes.Layer;
        return (new OciDescriptor { MediaType = type, Digest = digest.ToString(), Size = size }, diffId);
    }

    private static Digest WriteContent(HashingSink blob, OciLayoutRequest request, CancellationToken cancellationToken)
    {
        using Stream? compressor = request.Compress ? new GZipStream(blob, CompressionLevel.Optimal, leaveOpen: true) : null;
        using var content = new HashingSink(compressor ?? blob);
        using var buffered = new BufferedStream(content, 64 * 1024);
        var writer = new TarWriter(buffered);
        request.WriteLayer(writer, cancellationToken);
        writer.End();
        buffered.Flush();
        return content.Finish();
    }

    private static OciImageConfig MakeConfig(OciLayoutRequest request, Digest diffId) => new()
    {
        Created = request.CreatedAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        OS = ImageDocuments.Host.OS,
        Architecture = ImageDocuments.Host.Architecture,
        Config = request.Defaults,
        Rootfs = new OciImageRootfs { Type = "layers", DiffIds = [diffId.ToString()] },
    };

    private static OciDescriptor WriteBlob(string directory, string mediaType, byte[] content)
    {
        Digest digest = Digest.Of(content);
        File.WriteAllBytes(Path.Combine(directory, ImageDocuments.BlobPath(digest)), content);
        return new OciDescriptor { MediaType = mediaType, Digest = digest.ToString(), Size = content.Length };
    }

    private static void WriteIndex(string directory, OciDescriptor image, string tag)
    {
        string path = Path.Combine(directory, "index.json");
        OciIndex before = File.Exists(path) ? OciJson.ParseIndex(File.ReadAllBytes(path), path) : new OciIndex();
        OciDescriptor[] manifests = [.. before.Manifests.Where(other => other.Annotations.GetValueOrDefault(RefName) != tag), image];
        File.WriteAllText(Path.Combine(directory, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllBytes(path, OciJson.Write(new OciIndex { SchemaVersion = 2, MediaType = OciMediaTypes.Index, Manifests = manifests }));
    }
}
