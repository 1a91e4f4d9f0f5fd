using Skerry.Linux;
using Skerry.Linux.Netlink;

namespace Skerry.Sandbox;

/// <summary>Gives back what a dead sandbox took from a network namespace. Its taps went with the VMM; queues, filters and macvtaps stay.</summary>
internal static class NetworkCleanup
{
    /// <summary>Gives it back; idempotent. A namespace that is gone has taken everything along.</summary>
    /// <exception cref="SyscallException">The kernel refuses.</exception>
    internal static void GiveBack(NetworkRecord record)
    {
        using FileDescriptor? space = FileDescriptor.TryOpen(record.Path, OpenFlags.O_RDONLY, 0, out _);
        if (space is null || NetworkNamespaceFile.IdentityOf(space) != record.Identity)
        {
            return;
        }

        using RouteNetlink netlink = RouteNetlink.OpenIn(space);
        IReadOnlyList<Link> links = netlink.Links();
        foreach (Link link in links.Where(link => record.Links.Contains(link.Index)))
        {
            netlink.DeleteIngress(link.Index);
            if (record.Limited)
            {
                netlink.LiftRate(link.Index);
            }

            foreach (Link ours in links.Where(other => other.Name == EndpointAttachment.OwnName(EndpointAttachment.MacvtapPrefix, link.Index)))
            {
                netlink.DeleteLink(ours.Index);
            }
        }
    }
}
