using System.Runtime.InteropServices;
using static Skerry.Linux.Netlink.NetlinkConstants;

namespace Skerry.Linux.Netlink;

/// <content>Virtual devices.</content>
public sealed partial class RouteNetlink
{
    /// <summary>Makes a pair of interfaces joined like the ends of a cable; the peer may be in another namespace.</summary>
    /// <exception cref="SyscallException">EEXIST: a name is taken; EOPNOTSUPP: the kernel has no veth.</exception>
    public void CreateVeth(string name, string peerName, SafeHandle? peerNamespace = null)
    {
        bool added = false;
        peerNamespace?.DangerousAddRef(ref added);
        try
        {
            NetlinkWriter request = NewLink(name, out int info);
            request.Attribute(IFLA_INFO_KIND, "veth");
            int data = request.BeginNested(IFLA_INFO_DATA);
            int peer = request.BeginNested(VETH_INFO_PEER);
            request.Byte(AF_UNSPEC).Byte(0).UInt16(0).Int32(0).UInt32(0).UInt32(0).Attribute(IFLA_IFNAME, Checked(peerName));
            if (peerNamespace is not null)
            {
                request.Attribute(IFLA_NET_NS_FD, (uint)peerNamespace.DangerousGetHandle());
            }

            request.EndNested(peer).EndNested(data).EndNested(info);
            Execute(request, $"make veth \"{name}\" with peer \"{peerName}\"");
        }
        finally
        {
            if (added)
            {
                peerNamespace!.DangerousRelease();
            }
        }
    }

    /// <summary>Makes a bridge without ports.</summary>
    /// <exception cref="SyscallException">EEXIST; EOPNOTSUPP.</exception>
    public void CreateBridge(string name)
    {
        NetlinkWriter request = NewLink(name, out int info);
        Execute(request.Attribute(IFLA_INFO_KIND, "bridge").EndNested(info), $"make bridge \"{name}\"");
    }

    /// <summary>Makes a macvlan in bridge mode on an interface.</summary>
    /// <exception cref="SyscallException">EEXIST; ENODEV; EOPNOTSUPP.</exception>
    public void CreateMacvlan(string name, int parentIndex) => CreateAbove(name, "macvlan", parentIndex);

    /// <summary>Makes a macvtap in bridge mode on an interface; its packets are read from /dev/tapN, N being its index.</summary>
    /// <exception cref="SyscallException">EEXIST; ENODEV; EOPNOTSUPP; EBUSY: the interface is in a bridge.</exception>
    /// <param name="name">The name.</param>
    /// <param name="parentIndex">The interface beneath.</param>
    /// <param name="index">The index it gets; 0 for the next free one. /dev/tapN is one name for all namespaces, so a rare number is safest.</param>
    public void CreateMacvtap(string name, int parentIndex, int index = 0) => CreateAbove(name, "macvtap", parentIndex, index);

    private void CreateAbove(string name, string kind, int parentIndex, int index = 0)
    {
        NetlinkWriter request = LinkRequest(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, index)
            .Attribute(IFLA_IFNAME, Checked(name)).Attribute(IFLA_LINK, (uint)parentIndex);
        int info = request.BeginNested(IFLA_LINKINFO);
        request.Attribute(IFLA_INFO_KIND, kind);
        int data = request.BeginNested(IFLA_INFO_DATA);
        request.Attribute(IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE).EndNested(data).EndNested(info);
        Execute(request, $"make {kind} \"{name}\" on link {parentIndex}");
    }

    private static NetlinkWriter NewLink(string name, out int info)
    {
        NetlinkWriter request = LinkRequest(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, 0).Attribute(IFLA_IFNAME, Checked(name));
        info = request.BeginNested(IFLA_LINKINFO);
        return request;
    }
}
