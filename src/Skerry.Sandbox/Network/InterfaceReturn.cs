using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Netlink;
using Skerry.Linux.Pci;

namespace Skerry.Sandbox;

/// <summary>
/// Brings the interface of a device that has its driver again back to where it was. Drivers make interfaces in the host's namespace; the
/// plugin that moved this one into the pod's looks for it there, by its name, when the pod ends.
/// </summary>
internal static class InterfaceReturn
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a driver may take until its interface is there: some make it only after a talk with the card.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    /// <summary>Moves it; false when the driver has made none within 2 s.</summary>
    /// <param name="host">The host's namespace, where it appears.</param>
    /// <param name="device">The device.</param>
    /// <param name="space">The pod's namespace.</param>
    /// <param name="name">The name it had there.</param>
    /// <exception cref="SyscallException">EEXIST: the name is taken there by now.</exception>
    internal static async Task<bool> RunAsync(RouteNetlink host, PciDevice device, FileDescriptor space, string name)
    {
        if (await Polling.FindAsync(() => Find(host, device), s_interval, s_limit, CancellationToken.None).ConfigureAwait(false) is not { } link)
        {
            return false;
        }

        host.Move(link.Index, space, name);
        return true;
    }

    private static Link? Find(RouteNetlink host, PciDevice device) => device.Interfaces.Select(host.FindLink).OfType<Link>().FirstOrDefault();
}
