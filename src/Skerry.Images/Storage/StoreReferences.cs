using System.Text.Json;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Oci;

namespace Skerry.Images.Storage;

/// <summary>
/// Keeps layers from being collected: one file per container, and one per running import, which also holds a lock of the same name so that
/// a crash is noticed. Every method but <see cref="ReleaseContainer"/> is called with the store's lock held.
/// </summary>
internal sealed class StoreReferences(StorePaths paths)
{
    private const string ContainerPrefix = "container-";
    private const string Ending = ".json";

    internal void AddContainer(ContainerId container, IEnumerable<Digest> layers, Digest config) =>
        AtomicFile.Write(ContainerPath(container), ImportReference.Serialize(layers, [config]));

    internal void ReleaseContainer(ContainerId container) => File.Delete(ContainerPath(container));

    /// <summary>Registers a running import, which does not know yet what it needs.</summary>
    internal ImportReference AddImport()
    {
        string name = $"import-{Guid.NewGuid():n}";
        FileLock held = FileLock.TryTake(Path.Combine(paths.Locks, name)) ?? throw new InvalidOperationException($"the lock \"{name}\" is new and yet taken");
        var import = new ImportReference(Path.Combine(paths.References, name + Ending), Path.Combine(paths.Locks, name), Path.Combine(paths.Temporary, name), held);
        import.Declare([], []);
        return import;
    }

    /// <summary>
    /// All references in force by name; those of crashed imports, and of containers that <paramref name="exists"/> denies, are removed.
    /// </summary>
    internal IReadOnlyDictionary<string, ReferenceRecord> ReadAndPrune(Func<ContainerId, bool>? exists)
    {
        var records = new Dictionary<string, ReferenceRecord>();
        foreach (string path in Directory.EnumerateFiles(paths.References))
        {
            if (IsStale(path, exists))
            {
                File.Delete(path);
            }
            else if (TryRead(path) is { } record)
            {
                records[Path.GetFileNameWithoutExtension(path)] = record;
            }
        }

        return records;
    }

    private bool IsStale(string path, Func<ContainerId, bool>? exists)
    {
        // What does not end so is the temporary file of a write that crashed: nobody writes while we hold the store's lock.
        if (!path.EndsWith(Ending, StringComparison.Ordinal))
        {
            return true;
        }

        string name = Path.GetFileNameWithoutExtension(path);
        if (name.StartsWith(ContainerPrefix, StringComparison.Ordinal))
        {
            return exists is not null && !(ContainerId.TryParse(name[ContainerPrefix.Length..], out ContainerId id) && exists(id));
        }

        using FileLock? free = FileLock.TryTake(Path.Combine(paths.Locks, name));
        return free is not null;
    }

    private static ReferenceRecord? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StoreJsonContext.Default.ReferenceRecord);
        }
        catch (FileNotFoundException)
        {
            // Released meanwhile, which needs no lock.
            return null;
        }
    }

    private string ContainerPath(ContainerId container) => Path.Combine(paths.References, $"{ContainerPrefix}{container}{Ending}");
}
