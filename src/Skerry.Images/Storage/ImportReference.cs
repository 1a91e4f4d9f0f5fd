using System.Text.Json;
using Skerry.Linux;
using Skerry.Oci;

namespace Skerry.Images.Storage;

/// <summary>What a running import needs from the store, and its scratch directory, until disposed.</summary>
internal sealed class ImportReference(string path, string lockPath, string scratch, FileLock held) : IDisposable
{
    /// <summary>A directory for this import alone; made by who needs it.</summary>
    internal string Scratch => scratch;

    /// <summary>Says what the import needs; the store's lock is held.</summary>
    internal void Declare(IEnumerable<Digest> layers, IEnumerable<Digest> blobs) => AtomicFile.Write(path, Serialize(layers, blobs));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(scratch))
        {
            Directory.Delete(scratch, recursive: true);
        }

        File.Delete(path);
        File.Delete(lockPath);
        held.Dispose();
    }

    internal static byte[] Serialize(IEnumerable<Digest> layers, IEnumerable<Digest> blobs)
    {
        var record = new ReferenceRecord { Layers = [.. layers.Select(layer => layer.ToString())], Blobs = [.. blobs.Select(blob => blob.ToString())] };
        return JsonSerializer.SerializeToUtf8Bytes(record, StoreJsonContext.Default.ReferenceRecord);
    }
}
