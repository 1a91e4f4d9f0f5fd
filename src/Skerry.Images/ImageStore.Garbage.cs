using Skerry.Images.Storage;
using Skerry.Oci;

namespace Skerry.Images;

/// <summary>Garbage collection: mark what names and references need, remove the rest. The store's lock is held throughout.</summary>
public sealed partial class ImageStore
{
    private GarbageReport CollectGarbage(Func<Core.ContainerId, bool>? exists)
    {
        var layers = new HashSet<string>();
        var blobs = new HashSet<string>();
        foreach (NamedImageRecord image in _index.Read())
        {
            Digest config = Digest.Parse(image.Config);
            blobs.UnionWith([config.Hex, Digest.Parse(image.Digest).Hex]);
            layers.UnionWith(DiffIds(ReadConfig(config)).Select(layer => layer.Hex));
        }

        IReadOnlyDictionary<string, ReferenceRecord> references = _references.ReadAndPrune(exists);
        foreach (ReferenceRecord reference in references.Values)
        {
            layers.UnionWith(reference.Layers.Select(layer => Digest.Parse(layer).Hex));
            blobs.UnionWith(reference.Blobs.Select(blob => Digest.Parse(blob).Hex));
        }

        HashSet<string> working = [.. layers, .. references.Keys];
        RemoveLocks(working);
        return new GarbageReport(
            RemoveUnneeded(_paths.Layers, layers),
            RemoveUnneeded(_paths.Blobs, blobs),
            RemoveUnneeded(_paths.Temporary, working));
    }

    private static int RemoveUnneeded(string directory, HashSet<string> needed)
    {
        string[] garbage = [.. Directory.EnumerateFileSystemEntries(directory).Where(path => !needed.Contains(Path.GetFileName(path)))];
        Array.ForEach(garbage, LayerStore.Remove);
        return garbage.Length;
    }

    /// <summary>An import registers what it needs before it takes a layer's lock, so nobody holds or awaits the locks removed here.</summary>
    private void RemoveLocks(HashSet<string> needed)
    {
        foreach (string path in Directory.EnumerateFiles(_paths.Locks).Where(path => !needed.Contains(Path.GetFileName(path))))
        {
            File.Delete(path);
        }
    }
}
