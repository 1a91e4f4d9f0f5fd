using System.Text.Json;
using Skerry.Core;
using Skerry.Images.Sources;
using Skerry.Images.Streams;
using Skerry.Images.Tar;
using Skerry.Images.Unpacking;
using Skerry.Linux;
using Skerry.Oci;

namespace Skerry.Images.Storage;

/// <summary>
/// Layers, each unpacked once: under its own lock, into a temporary directory that gets its final name only when the digests agree.
/// A layer that exists is complete, and on the disk; a crash leaves a temporary directory, which the next attempt removes.
/// </summary>
internal sealed class LayerStore(StorePaths paths)
{
    /// <summary>True when the layer is unpacked.</summary>
    internal bool Has(Digest diffId) => Directory.Exists(paths.Layer(diffId));

    /// <summary>What is known of an unpacked layer.</summary>
    /// <exception cref="ImageException">Internal: the record is broken.</exception>
    internal LayerRecord ReadRecord(Digest diffId)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(paths.LayerRecord(diffId)), StoreJsonContext.Default.LayerRecord)!;
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            throw new ImageException(FailureKind.Internal, $"the stored layer {diffId} is damaged", "remove the image and import it again", error);
        }
    }

    /// <summary>Unpacks <paramref name="layer"/> unless it is there; waits when another process is at it.</summary>
    /// <exception cref="SkerryException">The layer is bad or has the wrong digest, or there is no space; nothing is left.</exception>
    internal async Task EnsureAsync(OpenedImage image, ImageLayer layer, Action<long> onRead, CancellationToken cancellationToken)
    {
        if (Has(layer.DiffId))
        {
            return;
        }

        using FileLock held = await FileLock.TakeAsync(paths.LayerLock(layer.DiffId), cancellationToken).ConfigureAwait(false);
        if (!Has(layer.DiffId))
        {
            await Task.Run(() => Unpack(image, layer, onRead, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Removes a layer; the caller knows that nobody needs it.</summary>
    internal static void Remove(string directory)
    {
        using FileDescriptor parent = FileDescriptor.Open(Path.GetDirectoryName(directory)!, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        RawEntries.RemoveTree(parent, System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(directory)));
    }

    private void Unpack(OpenedImage image, ImageLayer layer, Action<long> onRead, CancellationToken cancellationToken)
    {
        string directory = paths.Unpacking(layer.DiffId);
        Remove(directory);
        try
        {
            string files = Path.Combine(directory, "fs");
            Directory.CreateDirectory(files);
            File.SetUnixFileMode(files, (UnixFileMode)0b111_101_101);
            LayerRecord record = UnpackVerified(image, layer, files, onRead, cancellationToken);
            File.WriteAllBytes(Path.Combine(directory, "layer.json"), JsonSerializer.SerializeToUtf8Bytes(record, StoreJsonContext.Default.LayerRecord));
            Keep(directory, paths.Layer(layer.DiffId));
        }
        catch (Exception error)
        {
            throw CleanUp(directory, layer, error);
        }
    }

    /// <summary>The final name says that the layer is whole: after a power cut, too, so all of it is on the disk before it gets the name.</summary>
    private static void Keep(string directory, string name)
    {
        using (FileDescriptor written = FileDescriptor.Open(directory, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY))
        {
            FileSystems.Flush(written);
        }

        Directory.Move(directory, name);
        using FileDescriptor parent = FileDescriptor.Open(Path.GetDirectoryName(name)!, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        AtomicFile.Flush(parent);
    }

    private static LayerRecord UnpackVerified(OpenedImage image, ImageLayer layer, string files, Action<long> onRead, CancellationToken cancellationToken)
    {
        using var blob = new DigestingStream(image.OpenLayer(layer), onRead);
        using Stream plain = Decompression.Open(blob);
        using var content = new DigestingStream(plain);
        using var unpacker = new LayerUnpacker(files);
        var reader = new TarReader(content, TarLimits.Default);
        UnpackedLayer unpacked = UnpackOrBlame(unpacker, reader, blob, layer, cancellationToken);
        reader.Drain();
        Digest diffId = content.Finish();
        ImageDocuments.Verify(layer.Name, layer.Digest, blob.Finish(), layer.SizeBytes, blob.Count);
        ImageDocuments.Verify($"the uncompressed content of {layer.Name}", layer.DiffId, diffId, -1, content.Count);
        return new LayerRecord
        {
            Version = LayerRecord.CurrentVersion,
            SizeBytes = content.Count,
            Entries = unpacked.Entries,
            OpaqueRoot = unpacked.OpaqueRoot,
            ImpliedDirectories = unpacked.ImpliedDirectories,
        };
    }

    /// <summary>A blob that was cut or altered shows first as a malformed archive; the wrong digest is what the user needs to hear.</summary>
    private static UnpackedLayer UnpackOrBlame(
        LayerUnpacker unpacker, TarReader reader, DigestingStream blob, ImageLayer layer, CancellationToken cancellationToken)
    {
        try
        {
            return unpacker.Unpack(reader, cancellationToken);
        }
        catch (Exception error) when (error is InvalidDataException or ImageException { Kind: FailureKind.InvalidArgument })
        {
            ImageDocuments.Verify(layer.Name, layer.Digest, blob.Finish(), layer.SizeBytes, blob.Count);
            throw error is ImageException ? error : ImageException.Bad("the content cannot be decompressed", error);
        }
    }

    private static Exception CleanUp(string directory, ImageLayer layer, Exception error)
    {
        Exception named = error switch
        {
            OperationCanceledException => error,
            IOException io => new ImageException(FailureKindOf(io), $"cannot unpack {layer.Name}", cause: io),
            _ => new ImageException(ErrorReport.KindOf(error), $"cannot unpack {layer.Name}", cause: error),
        };
        try
        {
            Remove(directory);
        }
        catch (SyscallException failure) when (named is SkerryException known)
        {
            known.CleanupFailures.Add(failure);
        }

        return named;
    }

    private static FailureKind FailureKindOf(IOException error) =>
        error.HResult is (int)Errno.ENOSPC or (int)Errno.EDQUOT ? FailureKind.ResourceExhausted : FailureKind.Internal;
}
