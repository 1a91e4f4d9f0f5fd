using System.Globalization;
using Skerry.Core;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Storages;

/// <summary>Sets pages aside for a volume of huge pages: the guest boots without any.</summary>
internal static class HugePages
{
    private const string Root = "/sys/kernel/mm/hugepages";
    private const ulong DefaultPageBytes = 2 << 20;
    private const ulong KiB = 1024;

    /// <summary>Reserves what the options <c>size=</c> and <c>pagesize=</c> of <paramref name="storage"/> name; nothing without a size.</summary>
    /// <exception cref="SkerryException">Unimplemented for a page size the guest does not have; ResourceExhausted when memory is too scattered or little.</exception>
    public static void Reserve(StorageRequest storage)
    {
        ulong page = ParseSize(Option(storage, "pagesize=")) is > 0 and ulong size ? size : DefaultPageBytes;
        ulong wanted = ParseSize(Option(storage, "size=")) / page;
        if (wanted == 0)
        {
            return;
        }

        string file = string.Create(CultureInfo.InvariantCulture, $"{Root}/hugepages-{page / KiB}kB/nr_hugepages");
        if (!File.Exists(file))
        {
            throw new SkerryException(FailureKind.Unimplemented, string.Create(CultureInfo.InvariantCulture, $"the guest has no huge pages of {page / KiB} KiB"));
        }

        ulong before = Read(file);
        File.WriteAllText(file, (before + wanted).ToString(CultureInfo.InvariantCulture));
        ulong got = Read(file) - before;
        if (got < wanted)
        {
            File.WriteAllText(file, before.ToString(CultureInfo.InvariantCulture));
            throw new SkerryException(
                FailureKind.ResourceExhausted,
                string.Create(CultureInfo.InvariantCulture, $"the guest has room for {got} of {wanted} huge pages of {page / KiB} KiB"),
                "give the sandbox more memory");
        }
    }

    /// <summary>Reads a size as mount options have it: a number, with K, M or G behind it; 0 for anything else.</summary>
    internal static ulong ParseSize(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        int shift = char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        string digits = shift > 0 ? text[..^1] : text;
        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && value <= ulong.MaxValue >> shift ? value << shift : 0;
    }

    private static string? Option(StorageRequest storage, string prefix) =>
        storage.Options.LastOrDefault(option => option.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];

    private static ulong Read(string file) => ulong.Parse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture);
}
