using Skerry.Linux.Netlink;

namespace Skerry.Agent.Network;

/// <summary>The guest's own interface.</summary>
internal static class Loopback
{
    /// <summary>Switches it on; the kernel gives it its addresses.</summary>
    /// <exception cref="Linux.SyscallException">EPERM without CAP_NET_ADMIN.</exception>
    public static void BringUp()
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        if (netlink.Links().FirstOrDefault(l => l.IsLoopback) is { IsUp: false } loopback)
        {
            netlink.SetUp(loopback.Index);
        }
    }
}
