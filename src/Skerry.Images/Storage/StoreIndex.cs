using System.Text.Json;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Images.Storage;

/// <summary>Reads and replaces the index of names. Writers hold the store's lock; readers need none, since the file is replaced at once.</summary>
internal sealed class StoreIndex(StorePaths paths)
{
    /// <summary>The names in order.</summary>
    /// <exception cref="ImageException">Internal: the file is broken, or of a newer version.</exception>
    internal IReadOnlyList<NamedImageRecord> Read()
    {
        if (!File.Exists(paths.Index))
        {
            return [];
        }

        try
        {
            StoreIndexRecord? index = JsonSerializer.Deserialize(File.ReadAllBytes(paths.Index), StoreJsonContext.Default.StoreIndexRecord);
            return index?.Version == StoreIndexRecord.CurrentVersion
                ? index.Images
                : throw Broken($"its version is {index?.Version}, and this program writes {StoreIndexRecord.CurrentVersion}");
        }
        catch (JsonException error)
        {
            throw Broken($"not valid at line {error.LineNumber + 1}");
        }
    }

    internal void Add(NamedImageRecord image) => Write([.. Read().Where(other => other.Name != image.Name), image]);

    /// <summary>Takes a name away; false when there is none.</summary>
    internal bool Remove(string name)
    {
        IReadOnlyList<NamedImageRecord> images = Read();
        Write([.. images.Where(image => image.Name != name)]);
        return images.Any(image => image.Name == name);
    }

    private void Write(IEnumerable<NamedImageRecord> images)
    {
        var index = new StoreIndexRecord { Version = StoreIndexRecord.CurrentVersion, Images = [.. images.OrderBy(image => image.Name, StringComparer.Ordinal)] };
        AtomicFile.Write(paths.Index, JsonSerializer.SerializeToUtf8Bytes(index, StoreJsonContext.Default.StoreIndexRecord));
    }

    private ImageException Broken(string why) => new(
        FailureKind.Internal, $"cannot read the image index \"{paths.Index}\": {why}", "move the file away and import the images again; layers are kept");
}
