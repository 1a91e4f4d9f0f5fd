using Skerry.Linux;

namespace Skerry.Agent.Network;

/// <summary>The guest's own interface.</summary>
internal static class Loopback
{
    /// <summary>Switches it on; the kernel gives it its addresses. By ioctl: the first use of rtnetlink would cost the start 20 ms.</summary>
    /// <exception cref="SyscallException">EPERM without CAP_NET_ADMIN.</exception>
    public static void BringUp() => InterfaceFlags.SetUp("lo");
}
