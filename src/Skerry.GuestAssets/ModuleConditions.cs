namespace Skerry.GuestAssets;

/// <summary>
/// Tells on which machines a module is needed, so that a guest does not load drivers of devices it does not have: each costs
/// about 10 ms of a start under TCG.
/// </summary>
internal static class ModuleConditions
{
    /// <summary>Any PCI device: such a machine may get more devices later, and has every driver ready.</summary>
    private const string CanHotPlug = "pci:*";

    /// <summary>Devices that are never plugged into a running machine: the sockets' transport, the balloon, virtio-mem.</summary>
    private static readonly string[] s_neverHotPlugged = ["virtio:d00000013v*", "virtio:d00000005v*", "virtio:d00000018v*"];

    /// <summary>Device patterns, separated by blanks, of which one must match; empty when the module is always needed.</summary>
    internal static string For(KernelModule module, IReadOnlyList<KernelModule> all)
    {
        HashSet<string>? patterns = PatternsOf(module, all, depth: 0);
        return patterns is null ? string.Empty : string.Join(' ', patterns.Order(StringComparer.Ordinal));
    }

    /// <summary>A module's own devices and those of everything that needs it; null when one of them is needed without any device.</summary>
    private static HashSet<string>? PatternsOf(KernelModule module, IReadOnlyList<KernelModule> all, int depth)
    {
        KernelModule[] users = all.Where(other => other.Needs.Contains(module.Name)).ToArray();
        bool unconditional = module.Aliases.Count == 0 && users.Length == 0;
        if (unconditional || depth > all.Count)
        {
            return null;
        }

        var patterns = new HashSet<string>(module.Aliases.SelectMany(WithHotPlug), StringComparer.Ordinal);
        foreach (KernelModule user in users)
        {
            if (PatternsOf(user, all, depth + 1) is not { } more)
            {
                return null;
            }

            patterns.UnionWith(more);
        }

        return patterns;
    }

    private static IEnumerable<string> WithHotPlug(string alias) =>
        alias.StartsWith("virtio:", StringComparison.Ordinal) && !s_neverHotPlugged.Contains(alias) ? [alias, CanHotPlug] : [alias];
}
