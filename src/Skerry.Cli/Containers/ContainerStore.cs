using System.Text.Json;
using Skerry.Core;

namespace Skerry.Cli.Containers;

/// <summary>The containers of the command line, a directory each: <c>container.json</c>, <c>bundle/</c>, <c>upper/</c>, <c>work/</c>.</summary>
internal sealed class ContainerStore(string dataDirectory)
{
    private const string RecordFile = "container.json";

    private readonly string _root = Path.Combine(dataDirectory, "containers");

    /// <summary>The directory of a container.</summary>
    public string DirectoryOf(ContainerId name) => Path.Combine(_root, name.Value);

    /// <summary>Takes a name, and makes the container's directory; of two at once one wins.</summary>
    /// <exception cref="SkerryException">AlreadyExists when the name is taken.</exception>
    public string Reserve(ContainerId name)
    {
        Directory.CreateDirectory(_root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string directory = DirectoryOf(name);
        string scratch = Path.Combine(_root, $".new-{Guid.NewGuid():N}");
        Directory.CreateDirectory(scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // A rename onto a directory that is not empty fails, so the placeholder makes the name exclusive.
        File.WriteAllText(Path.Combine(scratch, ".reserved"), string.Empty);
        try
        {
            Directory.Move(scratch, directory);
        }
        catch (IOException)
        {
            Directory.Delete(scratch, recursive: true);
            throw new SkerryException(
                FailureKind.AlreadyExists,
                $"a container named \"{name}\" exists already",
                $"choose another --name, or remove it: skerry rm -f {name}");
        }

        return directory;
    }

    /// <summary>Writes a container's record, whole or not at all.</summary>
    public void Save(ContainerRecord record)
    {
        string path = Path.Combine(DirectoryOf(ContainerId.Parse(record.Name)), RecordFile);
        string scratch = path + ".new";
        File.WriteAllBytes(scratch, JsonSerializer.SerializeToUtf8Bytes(record, ContainerJson.Default.ContainerRecord));
        File.Move(scratch, path, overwrite: true);
    }

    /// <summary>Reads a container's record.</summary>
    /// <exception cref="SkerryException">NotFound without such a container; FailedPrecondition when its record cannot be read.</exception>
    public ContainerRecord Load(string name)
    {
        if (!ContainerId.TryParse(name, out ContainerId id) || !Directory.Exists(DirectoryOf(id)))
        {
            throw new SkerryException(FailureKind.NotFound, $"there is no container named \"{name}\"", "list them: skerry ps --all");
        }

        return TryLoad(id) ?? throw new SkerryException(
            FailureKind.FailedPrecondition,
            $"the record of container \"{name}\" is missing or unreadable: it was never fully made",
            $"remove it: skerry rm -f {name}");
    }

    /// <summary>Every container whose record can be read, oldest first.</summary>
    public IReadOnlyList<ContainerRecord> List() =>
        [.. Names().Select(TryLoad).OfType<ContainerRecord>().OrderBy(record => record.CreatedAt)];

    /// <summary>The names of all containers, also of those that were never fully made.</summary>
    public IEnumerable<ContainerId> Names()
    {
        if (!Directory.Exists(_root))
        {
            yield break;
        }

        foreach (string directory in Directory.EnumerateDirectories(_root))
        {
            if (ContainerId.TryParse(Path.GetFileName(directory), out ContainerId id))
            {
                yield return id;
            }
        }
    }

    /// <summary>Removes a container's directory; does nothing when it is gone.</summary>
    public void Remove(ContainerId name)
    {
        string directory = DirectoryOf(name);
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private ContainerRecord? TryLoad(ContainerId id)
    {
        try
        {
            byte[] json = File.ReadAllBytes(Path.Combine(DirectoryOf(id), RecordFile));
            ContainerRecord? record = JsonSerializer.Deserialize(json, ContainerJson.Default.ContainerRecord);
            return record?.Version == ContainerRecord.CurrentVersion ? record : null;
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            return null;
        }
    }
}
