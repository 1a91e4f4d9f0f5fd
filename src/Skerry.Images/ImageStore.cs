using Skerry.Core;
using Skerry.Images.Sources;
using Skerry.Images.Storage;
using Skerry.Linux;
using Skerry.Oci;

namespace Skerry.Images;

/// <summary>The images of this machine: names, configurations, and layers that are unpacked once and shared.</summary>
/// <remarks>
/// Safe with any number of processes and threads at once. Locks, outermost first: the store's (never held while a layer is unpacked), then
/// one layer's. <see cref="StorePaths"/> says where everything is.
/// </remarks>
public sealed partial class ImageStore
{
    private readonly StorePaths _paths;
    private readonly StoreIndex _index;
    private readonly StoreReferences _references;
    private readonly LayerStore _layers;
    private readonly TimeProvider _time;

    /// <summary>Opens the store below <paramref name="dataDirectory"/>, in its folder "images"; makes it when missing.</summary>
    /// <param name="dataDirectory">As /var/lib/skerry.</param>
    /// <param name="time">Where times come from; null for the system's.</param>
    /// <exception cref="ImageException">HostDenied: the directory cannot be made.</exception>
    public ImageStore(string dataDirectory, TimeProvider? time = null)
    {
        _paths = new StorePaths(Path.Combine(Path.GetFullPath(dataDirectory), "images"));
        _paths.Create();
        _index = new StoreIndex(_paths);
        _references = new StoreReferences(_paths);
        _layers = new LayerStore(_paths);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Finds an image, unpacking what is not unpacked yet.</summary>
    /// <param name="reference">As <see cref="ImageReference"/> reads it.</param>
    /// <param name="container">The container that will use it: its layers are kept until <see cref="Release"/>. Null to only look.</param>
    /// <param name="progress">Gets reports while layers are unpacked, or null.</param>
    /// <param name="cancellationToken">Ends the work; nothing half-done is left.</param>
    /// <exception cref="SkerryException">The image is missing, malformed, has a wrong digest, or does not fit on the disk.</exception>
    public async Task<StoredImage> ResolveAsync(
        string reference, ContainerId? container, IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        ImageReference parsed = ImageReference.Parse(reference);
        switch (parsed.Transport)
        {
            case ImageTransport.Rootfs:
                return OpenRootfs(reference, parsed.Location);
            case ImageTransport.Name:
                return await ResolveNameAsync(parsed.Location, container, cancellationToken).ConfigureAwait(false);
            default:
                return await ImportAsync(parsed, container, nameOf: null, progress, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Brings an image into the store under a name.</summary>
    /// <param name="reference">As <see cref="ImageReference"/> reads it; a <c>rootfs:</c> directory is packed as one layer first.</param>
    /// <param name="name">Its name in the store; null takes the image's own, or the file's.</param>
    /// <param name="progress">Gets reports while layers are unpacked, or null.</param>
    /// <param name="cancellationToken">Ends the work; nothing half-done is left.</param>
    /// <returns>The image; <see cref="StoredImage.Reference"/> is its name.</returns>
    /// <exception cref="SkerryException">As <see cref="ResolveAsync"/>.</exception>
    public async Task<StoredImage> ImportAsync(string reference, string? name, IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        ImageReference parsed = ImageReference.Parse(reference);
        if (parsed.Transport == ImageTransport.Name)
        {
            throw new ImageException(
                FailureKind.InvalidArgument, $"cannot import \"{reference}\": it is a name, not a place", "use oci:DIR, oci-archive:FILE, docker-archive:FILE, rootfs:DIR or docker://NAME");
        }

        string? wanted = name is null ? null : ImageName.Normalize(name);
        return await ImportAsync(parsed, null, image => wanted ?? NameFor(parsed, image), progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All named images, by name.</summary>
    /// <exception cref="SkerryException">Internal: the store is damaged.</exception>
    public IReadOnlyList<ImageSummary> List() => [.. _index.Read().Select(Summarize)];

    /// <summary>Takes a name away, and removes the layers that nothing needs any more.</summary>
    /// <exception cref="SkerryException">NotFound when there is no such name.</exception>
    public async Task<GarbageReport> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        using FileLock held = await FileLock.TakeAsync(_paths.Lock, cancellationToken).ConfigureAwait(false);
        string full = ImageName.Normalize(name);
        if (!_index.Remove(full))
        {
            throw NotFound(full);
        }

        return CollectGarbage(exists: null);
    }

    /// <summary>Removes layers and blobs that no name, no container and no running import needs, and what crashes left.</summary>
    /// <param name="exists">Says which containers exist, so that references of others are dropped; null keeps all.</param>
    /// <param name="cancellationToken">Ends the wait for the store's lock.</param>
    public async Task<GarbageReport> CollectGarbageAsync(Func<ContainerId, bool>? exists, CancellationToken cancellationToken)
    {
        using FileLock held = await FileLock.TakeAsync(_paths.Lock, cancellationToken).ConfigureAwait(false);
        return CollectGarbage(exists);
    }

    /// <summary>Ends what <see cref="ResolveAsync"/> began for a container; harmless when there is nothing to end.</summary>
    public void Release(ContainerId container) => _references.ReleaseContainer(container);

    private ImageSummary Summarize(NamedImageRecord image)
    {
        OciImageConfig config = ReadConfig(Digest.Parse(image.Config));
        Digest[] layers = DiffIds(config);
        return new ImageSummary(
            image.Name,
            Digest.Parse(image.Digest),
            layers.Length,
            layers.Sum(layer => _layers.ReadRecord(layer).SizeBytes),
            $"{config.OS}/{config.Architecture}",
            DateTimeOffset.TryParse(config.Created, System.Globalization.CultureInfo.InvariantCulture, out DateTimeOffset created) ? created : null,
            image.ImportedAt);
    }

    private static string NameFor(ImageReference reference, OpenedImage image) => ImageName.From(reference.Transport switch
    {
        ImageTransport.Registry => reference.Location,
        ImageTransport.Rootfs => BaseName(reference.Location),
        _ when image.SuggestedName is { } name && name.Contains('/', StringComparison.Ordinal) => name,
        ImageTransport.DockerArchive when image.SuggestedName is { } name => name,
        ImageTransport.OciDirectory or ImageTransport.OciArchive when image.SuggestedName is { } tag && !tag.Contains(':', StringComparison.Ordinal) =>
            $"{BaseName(reference.Location)}:{tag}",
        _ => image.SuggestedName ?? BaseName(reference.Location),
    });

    /// <summary>The name of a directory, or of an archive without what says that it is one.</summary>
    private static string BaseName(string path)
    {
        string name = Path.GetFileName(Path.GetFullPath(path).TrimEnd('/'));
        foreach (string ending in new[] { ".gz", ".tgz", ".tar" })
        {
            name = name.EndsWith(ending, StringComparison.Ordinal) ? name[..^ending.Length] : name;
        }

        return name;
    }

    private static ImageException NotFound(string name) => new ImageException(
        FailureKind.NotFound, $"no image is called \"{name}\"", "see: skerry image list; or import it: skerry image import REFERENCE");
}
