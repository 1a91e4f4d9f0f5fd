using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Images.Sources;

/// <summary>Reads an image in the OCI image layout. Image-spec 1.1, image-layout.md.</summary>
internal static class OciLayout
{
    private const int MostNestedIndexes = 4;
    private const string RefName = "org.opencontainers.image.ref.name";
    private const string ContainerdName = "io.containerd.image.name";
    private const string DockerConfig = "application/vnd.docker.container.image.v1+json";

    /// <summary>Opens the image called <paramref name="tag"/>, or the only one; takes over <paramref name="files"/>.</summary>
    /// <param name="files">The layout's files.</param>
    /// <param name="tag">Which image, or null.</param>
    /// <param name="origin">What to call the layout in errors.</param>
    /// <exception cref="SkerryException">The layout, the tag, or an image for this platform is missing, or a document is bad.</exception>
    internal static OpenedImage Open(IImageFiles files, string? tag, string origin)
    {
        byte[] document = ImageDocuments.TryRead(files, "index.json")
            ?? throw new ImageException(
                FailureKind.NotFound, $"\"{origin}\" is not an image: index.json is missing", "name a directory or archive in the OCI image layout, as \"skopeo copy\" writes it");
        OciDescriptor chosen = ChooseTag(OciJson.ParseIndex(document, $"{origin}: index.json"), tag, origin);
        OciDescriptor descriptor = ChoosePlatform(files, chosen, origin, MostNestedIndexes);
        byte[] manifestDocument = ImageDocuments.ReadBlob(files, descriptor);
        OciManifest manifest = OciJson.ParseManifest(manifestDocument, $"manifest {descriptor.Digest}");
        OciDescriptor config = CheckManifest(manifest, descriptor);
        byte[] configDocument = ImageDocuments.ReadBlob(files, config);
        OciImageConfig imageConfig = OciJson.ParseImageConfig(configDocument, $"configuration {config.Digest}");
        IReadOnlyList<Digest> diffIds = ImageDocuments.CheckConfig(imageConfig, manifest.Layers.Count);
        return new OpenedImage(files)
        {
            SuggestedName = NameOf(chosen) ?? tag,
            Digest = Digest.Parse(descriptor.Digest),
            Manifest = manifestDocument,
            ConfigDocument = configDocument,
            Config = imageConfig,
            Layers = [.. manifest.Layers.Select((layer, i) => MakeLayer(layer, diffIds[i]))],
        };
    }

    private static OciDescriptor ChooseTag(OciIndex index, string? tag, string origin)
    {
        if (index.Manifests.Count == 0)
        {
            throw new ImageException(FailureKind.NotFound, $"\"{origin}\" has no image");
        }

        string tags = string.Join(", ", index.Manifests.Select(NameOf).Where(name => name is not null));
        if (tag is not null)
        {
            return index.Manifests.LastOrDefault(manifest => HasTag(manifest, tag))
                ?? throw new ImageException(FailureKind.NotFound, $"\"{origin}\" has no image tagged \"{tag}\"", tags.Length > 0 ? $"it has: {tags}" : "leave the tag out");
        }

        // Several untagged manifests are one image for several platforms.
        return index.Manifests.Count == 1 || index.Manifests.All(manifest => manifest.Platform is not null)
            ? BestPlatform(index.Manifests, origin)
            : throw new ImageException(FailureKind.InvalidArgument, $"\"{origin}\" has {index.Manifests.Count} images: name one", $"it has: {tags}");
    }

    private static bool HasTag(OciDescriptor manifest, string tag) =>
        manifest.Annotations.GetValueOrDefault(RefName) == tag || manifest.Annotations.GetValueOrDefault(ContainerdName) == tag;

    private static string? NameOf(OciDescriptor manifest) =>
        manifest.Annotations.GetValueOrDefault(ContainerdName) ?? manifest.Annotations.GetValueOrDefault(RefName);

    private static OciDescriptor ChoosePlatform(IImageFiles files, OciDescriptor descriptor, string origin, int depth)
    {
        if (!OciMediaTypes.IsIndex(descriptor.MediaType))
        {
            return descriptor;
        }

        if (depth == 0)
        {
            throw ImageException.Bad($"\"{origin}\" nests its indexes more than {MostNestedIndexes} deep");
        }

        OciIndex index = OciJson.ParseIndex(ImageDocuments.ReadBlob(files, descriptor), $"index {descriptor.Digest}");
        return ChoosePlatform(files, BestPlatform(index.Manifests, origin), origin, depth - 1);
    }

    private static OciDescriptor BestPlatform(IReadOnlyList<OciDescriptor> manifests, string origin)
    {
        OciPlatform host = ImageDocuments.Host;
        OciDescriptor? exact = manifests.FirstOrDefault(manifest => manifest.Platform?.OS == host.OS && manifest.Platform.Architecture == host.Architecture);
        if (exact is not null || manifests.FirstOrDefault(manifest => manifest.Platform is null) is { } any && (exact = any) is not null)
        {
            return exact;
        }

        string platforms = string.Join(", ", manifests.Select(manifest => $"{manifest.Platform?.OS}/{manifest.Platform?.Architecture}").Distinct());
        throw new ImageException(FailureKind.NotFound, $"\"{origin}\" has no image for {host.OS}/{host.Architecture}", $"it has: {platforms}");
    }

    private static OciDescriptor CheckManifest(OciManifest manifest, OciDescriptor descriptor)
    {
        if (manifest.SchemaVersion != 2 || manifest.Config is null)
        {
            throw ImageException.Bad($"manifest {descriptor.Digest} is not an image manifest of schema version 2");
        }

        return manifest.Config.MediaType is OciMediaTypes.Config or DockerConfig
            ? manifest.Config
            : throw ImageException.Bad($"manifest {descriptor.Digest} is not an image: its configuration has the type \"{manifest.Config.MediaType}\"");
    }

    private static ImageLayer MakeLayer(OciDescriptor layer, Digest diffId)
    {
        if (!OciMediaTypes.IsLayer(layer.MediaType))
        {
            throw ImageException.Bad($"layer {layer.Digest} has the unknown media type \"{layer.MediaType}\"");
        }

        Digest digest = Digest.Parse(layer.Digest);
        return new ImageLayer(ImageDocuments.BlobPath(digest), digest, layer.Size, diffId);
    }
}
