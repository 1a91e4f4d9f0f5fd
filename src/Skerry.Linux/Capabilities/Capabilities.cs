using System.Globalization;

namespace Skerry.Linux;

/// <summary>Names and masks of capabilities: bit n of a mask is the capability of number n.</summary>
public static class Capabilities
{
    /// <summary>All capabilities this build knows.</summary>
    public const ulong All = (1UL << ((int)Capability.CAP_CHECKPOINT_RESTORE + 1)) - 1;

    private const string LastCapabilityFile = "/proc/sys/kernel/cap_last_cap";

    /// <summary>The mask of one capability.</summary>
    public static ulong MaskOf(Capability capability) => 1UL << (int)capability;

    /// <summary>Reads the OCI spelling, exactly as in <c>CAP_NET_ADMIN</c>; false for any other text.</summary>
    public static bool TryParse(string? name, out Capability capability)
    {
        Capability? known = name is null ? null : CapabilityNames.Find(name);
        capability = known.GetValueOrDefault();
        return known is not null;
    }

    /// <summary>Reads what people type, as in <c>net_admin</c> or <c>CAP_NET_ADMIN</c>; false for an unknown name.</summary>
    public static bool TryParseRelaxed(string? text, out Capability capability)
    {
        string name = (text ?? string.Empty).Trim().ToUpperInvariant();
        return TryParse(name.StartsWith("CAP_", StringComparison.Ordinal) ? name : "CAP_" + name, out capability);
    }

    /// <summary>The mask of <paramref name="names"/>, limited to <paramref name="supported"/>.</summary>
    /// <param name="names">Names in the OCI spelling; null is none.</param>
    /// <param name="supported">What the kernel has, see <see cref="BoundingMax"/>.</param>
    /// <param name="ignored">Takes each unknown or unsupported name once. They are not an error, as for runc: newer images name newer capabilities.</param>
    public static ulong MaskOf(IEnumerable<string>? names, ulong supported, ICollection<string> ignored)
    {
        ulong mask = 0;
        foreach (string name in names ?? [])
        {
            if (TryParse(name, out Capability capability) && (MaskOf(capability) & supported) != 0)
            {
                mask |= MaskOf(capability);
            }
            else if (!ignored.Contains(name))
            {
                ignored.Add(name);
            }
        }

        return mask;
    }

    /// <summary>The names in <paramref name="mask"/>, lowest number first; bits beyond the known ones are left out.</summary>
    public static IReadOnlyList<string> NamesOf(ulong mask) =>
        [.. Enum.GetValues<Capability>().Where(c => (mask & MaskOf(c)) != 0).Select(c => c.ToString())];

    /// <summary>The capabilities the running kernel has, and with that the largest bounding set; <see cref="All"/> where /proc does not say.</summary>
    public static ulong BoundingMax()
    {
        try
        {
            return MaskUpTo(File.ReadAllText(LastCapabilityFile));
        }
        catch (IOException)
        {
            return All;
        }
    }

    /// <summary>The mask for the text of cap_last_cap.</summary>
    internal static ulong MaskUpTo(string lastCapability) =>
        int.TryParse(lastCapability.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int last) && last is >= 0 and < 63
            ? (1UL << (last + 1)) - 1
            : All;
}
