using System.Globalization;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Linux;
using Skerry.Linux.Netlink;

namespace Skerry.Sandbox;

/// <summary>
/// An interface of the pod's namespace joined with a card of the guest. Redirected endpoints get a tap of ours, and traffic control
/// sends what arrives at one out of the other; macvtaps and taps of the manager are the card themselves.
/// </summary>
/// <remarks>Not thread-safe. <see cref="DetachAsync"/> gives everything back; taps of ours go with their last descriptor, which the VMM holds.</remarks>
internal sealed class EndpointAttachment
{
    /// <summary>What the names of our macvtaps begin with.</summary>
    internal const string MacvtapPrefix = "skm";

    private const string TapPrefix = "skt";
    private const string VhostPath = "/dev/vhost-net";

    /// <summary>/dev/tapN is one name for the interfaces with index N of all namespaces, which count from 1.</summary>
    private const int LowestRareIndex = 1 << 20;

    private readonly RollbackStack _undo = new();
    private readonly List<FileDescriptor> _descriptors = [];

    private EndpointAttachment(Endpoint endpoint) => Endpoint = endpoint;

    /// <summary>The interface, as the guest has it configured.</summary>
    internal Endpoint Endpoint { get; private set; }

    /// <summary>Whether the card came after the machine's start, and so can go again.</summary>
    internal bool IsPlugged { get; set; }

    /// <summary>Index of the tap or macvtap we made beside it; 0 for none.</summary>
    internal int OwnLink { get; private set; }

    /// <summary>Whether the interface has another Ethernet address for as long as its own is the macvtap's.</summary>
    internal bool HasStandIn { get; private set; }

    /// <summary>The guest's card.</summary>
    internal NetworkDevice Device { get; private set; } = new() { Id = string.Empty, Mac = default };

    /// <summary>Joins <paramref name="endpoint"/> with a new card named <paramref name="id"/>.</summary>
    /// <exception cref="SkerryException">Whatever the kernel refuses; everything is given back then.</exception>
    internal static async Task<EndpointAttachment> MakeAsync(
        FileDescriptor networkNamespace, RouteNetlink netlink, Endpoint endpoint, string id, AttachmentConfig config)
    {
        var attachment = new EndpointAttachment(endpoint);
        try
        {
            IReadOnlyList<FileDescriptor> queues = attachment.OpenQueues(networkNamespace, netlink, config);
            attachment._descriptors.AddRange(queues);
            attachment.Limit(netlink, config);
            IReadOnlyList<FileDescriptor> vhost = config.UseVhost ? OpenVhost(queues.Count) : [];
            attachment._descriptors.AddRange(vhost);
            attachment.Device = new NetworkDevice { Id = id, Mac = endpoint.Mac, Queues = queues, VhostQueues = vhost };
            return attachment;
        }
        catch (SkerryException error)
        {
            foreach (Exception failure in await attachment.DetachAsync().ConfigureAwait(false))
            {
                error.CleanupFailures.Add(failure);
            }

            throw new SkerryException(
                error.Kind, $"cannot join interface \"{endpoint.Name}\" ({endpoint.Driver}) of the pod's network namespace with the guest", error.Hint, error);
        }
    }

    /// <summary>Closes our descriptors: the VMM has its own by now, and a tap ends with it.</summary>
    internal void HandOver()
    {
        _descriptors.ForEach(descriptor => descriptor.Dispose());
        _descriptors.Clear();
    }

    /// <summary>Takes over a changed configuration on the host's side: our own interface has the endpoint's MTU.</summary>
    internal void Follow(RouteNetlink netlink, Endpoint changed)
    {
        if (OwnLink != 0 && changed.Mtu != Endpoint.Mtu)
        {
            netlink.SetMtu(OwnLink, changed.Mtu);
        }

        Endpoint = changed;
    }

    /// <summary>Gives everything back; what went with its interface or namespace is no failure.</summary>
    internal async Task<IReadOnlyList<Exception>> DetachAsync()
    {
        HandOver();
        return await _undo.RollBackAsync().ConfigureAwait(false);
    }

    private IReadOnlyList<FileDescriptor> OpenQueues(FileDescriptor networkNamespace, RouteNetlink netlink, AttachmentConfig config) => Endpoint.Kind switch
    {
        EndpointKind.Macvtap => OpenMacvtap(networkNamespace, netlink, Endpoint.Index, config.QueueCount),
        EndpointKind.Tap => TapDevice.CreateIn(networkNamespace, Endpoint.Name, config.QueueCount).Queues,
        _ when config.Macvtap => MakeMacvtap(networkNamespace, netlink, config.QueueCount),
        _ => MakeTap(networkNamespace, netlink, config.QueueCount),
    };

    private IReadOnlyList<FileDescriptor> MakeTap(FileDescriptor networkNamespace, RouteNetlink netlink, int queueCount)
    {
        string name = OwnName(TapPrefix, Endpoint.Index);
        TapDevice tap = NetworkNamespace.Run(networkNamespace, () =>
        {
            TapDevice made = TapDevice.Create(name, queueCount);
            Quieten(name);
            return made;
        });
        _undo.Push($"close \"{name}\"", tap.Dispose);
        OwnLink = IndexOf(netlink, name);
        netlink.SetMtu(OwnLink, Endpoint.Mtu);
        netlink.SetUp(OwnLink);

        // Nobody else has business with what arrives at an interface that is the guest's: an earlier queue is a dead sandbox's.
        netlink.DeleteIngress(Endpoint.Index);
        _undo.Push($"remove the filters of \"{Endpoint.Name}\"", () => Ignoring(() => netlink.DeleteIngress(Endpoint.Index)));
        netlink.JoinLinks(Endpoint.Index, OwnLink);
        return tap.Queues;
    }

    /// <summary>
    /// The macvtap takes over the interface's Ethernet address, which the network beyond expects, and the interface gets another one: two
    /// on one wire cannot have the same.
    /// </summary>
    private IReadOnlyList<FileDescriptor> MakeMacvtap(FileDescriptor networkNamespace, RouteNetlink netlink, int queueCount)
    {
        string name = OwnName(MacvtapPrefix, Endpoint.Index);
        HasStandIn = true;
        netlink.SetMac(Endpoint.Index, StandIn());
        _undo.Push($"give \"{Endpoint.Name}\" its address back", () => Ignoring(() => GiveAddressBack(netlink, Endpoint.Index, Endpoint.Mac)));

        int index = Random.Shared.Next(LowestRareIndex, int.MaxValue);
        netlink.CreateMacvtap(name, Endpoint.Index, index);
        OwnLink = index;
        _undo.Push($"remove \"{name}\"", () => Ignoring(() => netlink.DeleteLink(index)));
        netlink.SetMac(OwnLink, Endpoint.Mac);
        netlink.SetMtu(OwnLink, Endpoint.Mtu);
        NetworkNamespace.Run(networkNamespace, () => Quieten(name));
        netlink.SetUp(OwnLink);
        return OpenMacvtap(networkNamespace, netlink, index, queueCount);
    }

    private static IReadOnlyList<FileDescriptor> OpenMacvtap(FileDescriptor networkNamespace, RouteNetlink netlink, int index, int queueCount) =>
        TapDevice.OpenMacvtapIn(networkNamespace, netlink.Links().First(link => link.Index == index), queueCount).Queues;

    private void Limit(RouteNetlink netlink, AttachmentConfig config)
    {
        int towardsGuest = OwnLink != 0 ? OwnLink : Endpoint.Index;
        if (config.ReceiveBitsPerSecond > 0)
        {
            netlink.LimitRate(towardsGuest, config.ReceiveBitsPerSecond);
            if (OwnLink == 0)
            {
                LiftLater(netlink);
            }
        }

        if (config.SendBitsPerSecond > 0 && OwnLink != 0)
        {
            netlink.LimitRate(Endpoint.Index, config.SendBitsPerSecond);
            LiftLater(netlink);
        }
    }

    private void LiftLater(RouteNetlink netlink) =>
        _undo.Push($"lift the limit of \"{Endpoint.Name}\"", () => Ignoring(() => netlink.LiftRate(Endpoint.Index)));

    private static List<FileDescriptor> OpenVhost(int count)
    {
        var descriptors = new List<FileDescriptor>();
        while (descriptors.Count < count && FileDescriptor.TryOpen(VhostPath, OpenFlags.O_RDWR, 0, out _) is { } descriptor)
        {
            descriptors.Add(descriptor);
        }

        if (descriptors.Count < count)
        {
            descriptors.ForEach(descriptor => descriptor.Dispose());
            descriptors.Clear();
        }

        return descriptors;
    }

    /// <summary>Without addresses of its own the tap says nothing to the guest. A kernel without IPv6 has no such switch.</summary>
    private static void Quieten(string name)
    {
        string path = $"net/ipv6/conf/{name}/disable_ipv6";
        if (Sysctls.TryRead(path) is not null)
        {
            Sysctls.Write(path, "1");
        }
    }

    private static int IndexOf(RouteNetlink netlink, string name) => netlink.FindLink(name)?.Index
        ?? throw new SkerryException(FailureKind.Internal, $"interface \"{name}\" is gone right after it was made");

    /// <summary>The name of the interface we make for one with that index.</summary>
    internal static string OwnName(string prefix, int index) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{index}");

    /// <summary>Gives an interface the Ethernet address again that a macvtap of ours had.</summary>
    internal static bool GiveAddressBack(RouteNetlink netlink, int index, MacAddress mac)
    {
        netlink.SetMac(index, mac);
        return true;
    }

    /// <summary>A random, locally administered address.</summary>
    private static MacAddress StandIn()
    {
        var bytes = new byte[MacAddress.SizeBytes];
        Random.Shared.NextBytes(bytes);
        bytes[0] = (byte)((bytes[0] & 0xfc) | 0x02);
        return new MacAddress(bytes);
    }

    private static void Ignoring(Func<bool> giveBack)
    {
        try
        {
            giveBack();
        }
        catch (SyscallException error) when (error.Errno is Errno.ENODEV or Errno.ENXIO)
        {
            // It went with its interface.
        }
    }
}
