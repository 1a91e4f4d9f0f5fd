using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Skerry.Linux;
using Skerry.Linux.Netlink;

namespace Skerry.Bench.Hosts;

/// <summary>
/// A namespace with two cables: one to a namespace that becomes a guest's network, one to a plain namespace, the reference. Nothing of
/// it has a name; all of it goes with its descriptors.
/// </summary>
public sealed class CableNetwork : IDisposable
{
    private readonly FileDescriptor _middle = NetworkNamespace.Create();
    private readonly FileDescriptor _guest = NetworkNamespace.Create();
    private readonly FileDescriptor _plain = NetworkNamespace.Create();

    public CableNetwork()
    {
        Connect(_guest, "guest", GuestSide, Guest);
        Connect(_plain, "plain", PlainSide, Plain);
    }

    /// <summary>The middle's address on the guest's cable.</summary>
    public static IPAddress GuestSide { get; } = IPAddress.Parse("10.91.0.1");

    public static IPAddress Guest { get; } = IPAddress.Parse("10.91.0.2");

    /// <summary>The middle's address on the plain cable.</summary>
    public static IPAddress PlainSide { get; } = IPAddress.Parse("10.91.1.1");

    public static IPAddress Plain { get; } = IPAddress.Parse("10.91.1.2");

    /// <summary>The file of the guest's namespace.</summary>
    public string GuestPath => PathOf(_guest);

    /// <summary>The file of the plain namespace.</summary>
    public string PlainPath => PathOf(_plain);

    /// <summary>Makes a socket that stays in the middle.</summary>
    public Socket Open(SocketType type, ProtocolType protocol) =>
        NetworkNamespace.Run(_middle, () => new Socket(AddressFamily.InterNetwork, type, protocol));

    public void Dispose()
    {
        _middle.Dispose();
        _guest.Dispose();
        _plain.Dispose();
    }

    private static string PathOf(FileDescriptor space) => string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{space.Number}");

    private void Connect(FileDescriptor other, string cable, IPAddress ours, IPAddress theirs)
    {
        using RouteNetlink near = RouteNetlink.OpenIn(_middle);
        using RouteNetlink far = RouteNetlink.OpenIn(other);
        near.CreateVeth(cable, "eth0", other);
        Configure(near, cable, ours);
        Configure(far, "eth0", theirs);
    }

    private static void Configure(RouteNetlink netlink, string name, IPAddress address)
    {
        int index = netlink.FindLink(name)!.Index;
        netlink.AddAddress(new InterfaceAddress(index, address, 24));
        netlink.SetUp(index);
    }
}
