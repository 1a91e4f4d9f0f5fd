using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Linux.Netlink;
using Skerry.Linux.Pci;

namespace Skerry.Sandbox;

/// <summary>
/// Makes a virtual function keep its Ethernet address over the change of drivers. Many have none of their own: each driver that gets one
/// without asks its card, and makes a random address when the card does not say. The guest finds the interface by its address.
/// </summary>
internal static class VirtualFunctionAddress
{
    /// <summary>Has the card hold the address; what cannot be is logged, since the function may keep its address without.</summary>
    internal static void Keep(PciDevice device, Endpoint endpoint, SandboxId sandbox, ILogger log)
    {
        if (device.VirtualFunction() is not { } function)
        {
            return;
        }

        try
        {
            using RouteNetlink host = RouteNetlink.Open();
            Link card = function.Physical.Interfaces.Select(host.FindLink).OfType<Link>().FirstOrDefault()
                ?? throw new SkerryException(FailureKind.NotFound, $"the card {function.Physical.Address} has no interface in the host's network namespace");
            host.SetVirtualFunctionMac(card.Index, function.Number, endpoint.Mac);
        }
        catch (SkerryException error)
        {
            Log.HardwareAddressNotKept(log, sandbox.Value, endpoint.Name, endpoint.Mac.ToString(), ErrorReport.OneLine(error));
        }
    }
}
