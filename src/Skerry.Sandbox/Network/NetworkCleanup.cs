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
        foreach (LinkRecord link in record.Links.Where(taken => links.Any(link => link.Index == taken.Index)))
        {
            netlink.DeleteIngress(link.Index);
            if (record.Limited)
            {
                netlink.LiftRate(link.Index);
            }

            TakeBack(netlink, links.FirstOrDefault(other => other.Name == EndpointAttachment.OwnName(EndpointAttachment.MacvtapPrefix, link.Index)), link);
        }
    }

    private static void TakeBack(RouteNetlink netlink, Link? macvtap, LinkRecord owner)
    {
        if (macvtap is not null)
        {
            netlink.DeleteLink(macvtap.Index);
        }

        bool lent = MacAddress.TryParse(owner.Mac, out MacAddress mac) && netlink.Links().FirstOrDefault(link => link.Index == owner.Index) is { } now && now.Mac != mac;
        if (lent)
        {
            EndpointAttachment.GiveAddressBack(netlink, owner.Index, mac);
        }
    }
}
