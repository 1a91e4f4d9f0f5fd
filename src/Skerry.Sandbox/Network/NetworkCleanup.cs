using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Netlink;
using Skerry.Linux.Pci;

namespace Skerry.Sandbox;

/// <summary>Gives back what a dead sandbox took from a network namespace. Its taps went with the VMM; queues, filters and macvtaps stay.</summary>
internal static class NetworkCleanup
{
    /// <summary>Gives it back; idempotent. A namespace that is gone has taken everything along but the devices, which are the host's.</summary>
    /// <exception cref="SkerryException">The kernel refuses.</exception>
    internal static async Task GiveBackAsync(NetworkRecord record, PciBus bus, SandboxId sandbox, ILogger log)
    {
        using FileDescriptor? found = FileDescriptor.TryOpen(record.Path, OpenFlags.O_RDONLY, 0, out _);
        FileDescriptor? space = found is not null && NetworkNamespaceFile.IdentityOf(found) == record.Identity ? found : null;
        foreach (DeviceRecord device in record.Devices ?? [])
        {
            await SandboxHardware.GiveBackAsync(bus, device, space, sandbox, log).ConfigureAwait(false);
        }

        if (space is not null)
        {
            GiveLinksBack(record, space);
        }
    }

    private static void GiveLinksBack(NetworkRecord record, FileDescriptor space)
    {
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
