using Skerry.Core;
using Skerry.Images.Building;
using Skerry.Images.Sources;
using Skerry.Images.Storage;
using Skerry.Linux;
using Skerry.Oci;

namespace Skerry.Images;

/// <summary>How images come into the store and out of it again.</summary>
public sealed partial class ImageStore
{
    private const long ReportEveryBytes = 1024 * 1024;

    private async Task<StoredImage> ImportAsync(
        ImageReference reference, ContainerId? container, Func<OpenedImage, string>? nameOf, IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        using ImportReference import = await BeginAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using OpenedImage image = await OpenAsync(reference, import.Scratch, progress, cancellationToken).ConfigureAwait(false);
            await DeclareAsync(import, image, cancellationToken).ConfigureAwait(false);
            return await StoreAsync(reference, image, container, nameOf?.Invoke(image), progress, cancellationToken).ConfigureAwait(false);
        }
        catch (SkerryException error)
        {
            throw new ImageException(error.Kind, $"cannot use the image \"{reference}\"", cause: error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            FailureKind kind = error is IOException ? FailureKind.Unavailable : FailureKind.HostDenied;
            throw new ImageException(kind, $"cannot use the image \"{reference}\"", cause: error);
        }
    }

    private async Task<ImportReference> BeginAsync(CancellationToken cancellationToken)
    {
        using FileLock held = await FileLock.TakeAsync(_paths.Lock, cancellationToken).ConfigureAwait(false);
        return _references.AddImport();
    }

    /// <summary>From here on a garbage collection keeps what the image needs, be it there already or not yet.</summary>
    private async Task DeclareAsync(ImportReference import, OpenedImage image, CancellationToken cancellationToken)
    {
        using FileLock held = await FileLock.TakeAsync(_paths.Lock, cancellationToken).ConfigureAwait(false);
        import.Declare(image.Layers.Select(layer => layer.DiffId), [Digest.Of(image.ConfigDocument), image.Digest]);
    }

    private static async Task<OpenedImage> OpenAsync(ImageReference reference, string scratch, IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        string origin = reference.Location;
        switch (reference.Transport)
        {
            case ImageTransport.OciDirectory:
                return OciLayout.Open(new DirectoryFiles(origin), reference.Tag, origin);
            case ImageTransport.OciArchive:
                return Opened(ArchiveFiles.Open(origin, scratch), files => OciLayout.Open(files, reference.Tag, origin));
            case ImageTransport.DockerArchive:
                return Opened(ArchiveFiles.Open(origin, scratch), files => DockerArchive.Open(files, reference.Tag, origin));
            case ImageTransport.Rootfs:
                await OciLayoutWriter.WriteAsync(scratch, OciLayoutRequest.ForDirectory(RequireDirectory(origin)), cancellationToken).ConfigureAwait(false);
                return OciLayout.Open(new DirectoryFiles(scratch), null, origin);
            default:
                progress?.Report(new ImageProgress(ImageStage.Pulling, origin, 0, 0, 0, -1));
                await RegistryPull.FetchAsync(origin, scratch, cancellationToken).ConfigureAwait(false);
                return OciLayout.Open(new DirectoryFiles(scratch), "latest", origin);
        }
    }

    private static OpenedImage Opened(ArchiveFiles files, Func<ArchiveFiles, OpenedImage> open)
    {
        try
        {
            return open(files);
        }
        catch (SkerryException)
        {
            files.Dispose();
            throw;
        }
    }

    private async Task<StoredImage> StoreAsync(
        ImageReference reference, OpenedImage image, ContainerId? container, string? name, IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        Digest config = Digest.Of(image.ConfigDocument);
        Digest[] layers = [.. image.Layers.Select(layer => layer.DiffId)];
        for (int i = 0; i < image.Layers.Count; i++)
        {
            await EnsureLayerAsync(image, i, progress, cancellationToken).ConfigureAwait(false);
        }

        using FileLock held = await FileLock.TakeAsync(_paths.Lock, cancellationToken).ConfigureAwait(false);
        AtomicFile.Write(_paths.Blob(config), image.ConfigDocument);
        if (image.Manifest is not null)
        {
            AtomicFile.Write(_paths.Blob(image.Digest), image.Manifest);
        }

        if (container is { } id)
        {
            _references.AddContainer(id, layers, config);
        }

        if (name is not null)
        {
            _index.Add(new NamedImageRecord { Name = name, Digest = image.Digest.ToString(), Config = config.ToString(), ImportedAt = _time.GetUtcNow() });
        }

        return Stored(name ?? reference.ToString(), image.Digest, image.Config);
    }

    private async Task EnsureLayerAsync(OpenedImage image, int index, IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        ImageLayer layer = image.Layers[index];
        string subject = (layer.Digest ?? layer.DiffId).ToString();
        void Report(ImageStage stage, long done) =>
            progress?.Report(new ImageProgress(stage, subject, index, image.Layers.Count, done, layer.SizeBytes));

        if (_layers.Has(layer.DiffId))
        {
            Report(ImageStage.Cached, layer.SizeBytes);
            return;
        }

        long reported = 0;
        Report(ImageStage.Unpacking, 0);
        await _layers.EnsureAsync(image, layer, OnRead, cancellationToken).ConfigureAwait(false);
        Report(ImageStage.Unpacking, layer.SizeBytes);

        void OnRead(long done)
        {
            if (done - reported >= ReportEveryBytes)
            {
                reported = done;
                Report(ImageStage.Unpacking, done);
            }
        }
    }

    private async Task<StoredImage> ResolveNameAsync(string name, ContainerId? container, CancellationToken cancellationToken)
    {
        using FileLock held = await FileLock.TakeAsync(_paths.Lock, cancellationToken).ConfigureAwait(false);
        NamedImageRecord image = _index.Read().FirstOrDefault(image => image.Name == name) ?? throw NotFound(name);
        Digest configDigest = Digest.Parse(image.Config);
        OciImageConfig config = ReadConfig(configDigest);
        if (container is { } id)
        {
            _references.AddContainer(id, DiffIds(config), configDigest);
        }

        return Stored(name, Digest.Parse(image.Digest), config);
    }

    /// <summary>Layers below one that is opaque at its root are left out: overlayfs would still show them.</summary>
    private StoredImage Stored(string reference, Digest digest, OciImageConfig config)
    {
        Digest[] layers = DiffIds(config);
        LayerRecord[] records = [.. layers.Select(_layers.ReadRecord)];
        int lowest = Math.Max(Array.FindLastIndex(records, record => record.OpaqueRoot), 0);
        return new StoredImage
        {
            Reference = reference,
            Digest = digest,
            Config = config,
            LayerDirectories = [.. layers[lowest..].Select(_paths.LayerFiles)],
            ImpliedDirectories = [.. records[lowest..].Select(record => record.ImpliedDirectories)],
        };
    }

    private static StoredImage OpenRootfs(string reference, string directory) => new()
    {
        Reference = reference,
        Config = new OciImageConfig { Architecture = ImageDocuments.Host.Architecture, OS = ImageDocuments.Host.OS },
        LayerDirectories = [RequireDirectory(directory)],
    };

    private static string RequireDirectory(string directory) => Directory.Exists(directory)
        ? Path.GetFullPath(directory)
        : throw new ImageException(FailureKind.NotFound, $"cannot use the directory \"{directory}\" as a root file system: it does not exist");

    private OciImageConfig ReadConfig(Digest digest)
    {
        if (!File.Exists(_paths.Blob(digest)))
        {
            throw new ImageException(FailureKind.Internal, $"the store lacks the configuration {digest}", "import the image again");
        }

        return OciJson.ParseImageConfig(File.ReadAllBytes(_paths.Blob(digest)), $"configuration {digest}");
    }

    private static Digest[] DiffIds(OciImageConfig config) => [.. (config.Rootfs?.DiffIds ?? []).Select(Digest.Parse)];
}
