using System.Text;
using Skerry.Core;

namespace Skerry.GuestAssets;

/// <summary>
/// The modules of one kernel, /lib/modules/VERSION, and the order in which to load some of them.
/// </summary>
/// <remarks>
/// Dependencies are read from each module's .modinfo section (depends=, softdep=pre:) rather than from modules.dep: that
/// file is made by depmod when the package is installed, and a package that was only unpacked does not have it.
/// </remarks>
internal sealed class KernelModuleTree
{
    private static readonly string[] s_buses = ["virtio:", "pci:", "acpi*:"];

    private readonly string _directory;
    private readonly Dictionary<string, string> _paths;
    private readonly HashSet<string> _builtIn;

    private KernelModuleTree(string directory, Dictionary<string, string> paths, HashSet<string> builtIn)
    {
        _directory = directory;
        _paths = paths;
        _builtIn = builtIn;
    }

    /// <exception cref="GuestAssetException">NotFound without the directory.</exception>
    internal static KernelModuleTree Open(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new GuestAssetException(
                FailureKind.NotFound, $"the kernel's modules are not at \"{directory}\"", "install the kernel's whole package, or name its modules directory");
        }

        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(directory, "*.ko*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            paths.TryAdd(NameOf(file), file);
        }

        string list = Path.Combine(directory, "modules.builtin");
        IEnumerable<string> builtIn = File.Exists(list) ? File.ReadLines(list).Select(NameOf) : [];
        return new KernelModuleTree(directory, paths, builtIn.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>The modules called <paramref name="wanted"/> and all they need, each after what it needs; built-in ones are left out.</summary>
    /// <exception cref="GuestAssetException">NotFound for a module this kernel does not have, naming all such.</exception>
    internal async Task<IReadOnlyList<KernelModule>> ResolveAsync(IEnumerable<string> wanted, CancellationToken cancellationToken)
    {
        var resolved = new List<KernelModule>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (string name in wanted)
        {
            await AddAsync(name.Replace('-', '_'), resolved, seen, missing, cancellationToken).ConfigureAwait(false);
        }

        return missing.Count == 0
            ? resolved
            : throw new GuestAssetException(
                FailureKind.NotFound,
                $"the kernel with modules at \"{_directory}\" has neither as module nor built in: {string.Join(", ", missing)}",
                "use Debian's linux-image-cloud-amd64 or linux-image-amd64, or a kernel that has them built in");
    }

    /// <summary>Whether there is a module of this name.</summary>
    internal bool Has(string name) => _paths.ContainsKey(Normalize(name));

    private async Task AddAsync(
        string name, List<KernelModule> resolved, HashSet<string> seen, List<string> missing, CancellationToken cancellationToken)
    {
        if (!seen.Add(name) || _builtIn.Contains(name))
        {
            return;
        }

        if (!_paths.TryGetValue(name, out string? path))
        {
            missing.Add(name);
            return;
        }

        byte[] packed = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        byte[] content = await Compression.UnpackAsync(packed, path, cancellationToken).ConfigureAwait(false);
        string[] info = ReadInfo(content, path);
        string[] needs = [.. info.SelectMany(NeedsOf), .. info.SelectMany(WishesOf).Select(Provider).Where(_paths.ContainsKey)];
        foreach (string need in needs)
        {
            await AddAsync(need, resolved, seen, missing, cancellationToken).ConfigureAwait(false);
        }

        ILookup<bool, string> aliases = AliasesOf(info).ToLookup(IsDevice);
        resolved.Add(new KernelModule(name, path, content, needs, [.. aliases[true]]) { RequestNames = [.. aliases[false].Where(IsExact)] });
    }

    /// <summary>ext4 wishes for "crc32c", which is what several modules do; the generic one does it on every processor.</summary>
    private string Provider(string name)
    {
        string generic = name + "_generic";
        return !_paths.ContainsKey(name) && _paths.ContainsKey(generic) ? generic : name;
    }

    private static string[] ReadInfo(byte[] module, string path)
    {
        try
        {
            return Encoding.UTF8.GetString(ElfFile.Parse(module).Section(".modinfo"u8)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (InvalidDataException cause)
        {
            throw new GuestAssetException(FailureKind.InvalidArgument, $"\"{path}\" is not a kernel module", cause: cause);
        }
    }

    private static IEnumerable<string> AliasesOf(string[] info)
    {
        const string alias = "alias=";
        return info.Where(field => field.StartsWith(alias, StringComparison.Ordinal)).Select(field => field[alias.Length..]);
    }

    /// <summary>Whether an alias names devices of a bus that our machines have; others ("fs-overlay", "rtnl-link-bridge") are asked for by programs.</summary>
    private static bool IsDevice(string alias) => s_buses.Any(bus => alias.StartsWith(bus, StringComparison.Ordinal));

    /// <summary>Devices of other buses are patterns with colons and stars.</summary>
    private static bool IsExact(string alias) => alias.AsSpan().IndexOfAny("*:[ ") < 0;

    private static IEnumerable<string> NeedsOf(string field)
    {
        const string hard = "depends=";
        return field.StartsWith(hard, StringComparison.Ordinal) ? field[hard.Length..].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Normalize) : [];
    }

    /// <summary>What should be loaded before if it is there: it may be built in, or be the alias of something else ("crc32c").</summary>
    private static IEnumerable<string> WishesOf(string field)
    {
        const string soft = "softdep=pre:";
        return field.StartsWith(soft, StringComparison.Ordinal)
            ? field[soft.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).TakeWhile(word => word != "post:").Select(Normalize)
            : [];
    }

    private static string Normalize(string name) => name.Trim().Replace('-', '_');

    private static string NameOf(string path)
    {
        string file = Path.GetFileName(path);
        int end = file.IndexOf(".ko", StringComparison.Ordinal);
        return Normalize(end < 0 ? file : file[..end]);
    }
}
