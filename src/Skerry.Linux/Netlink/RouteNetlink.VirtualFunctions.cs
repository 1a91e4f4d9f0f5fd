using System.Buffers.Binary;
using static Skerry.Linux.Netlink.NetlinkConstants;

namespace Skerry.Linux.Netlink;

/// <content>Virtual functions of a network card (SR-IOV), as their physical function administers them.</content>
public sealed partial class RouteNetlink
{
    /// <summary>struct ifla_vf_mac: the function's number, then room for the longest address there is.</summary>
    private const int VirtualFunctionMacBytes = 4 + 32;

    /// <summary>Sets the Ethernet address that a virtual function has from its next reset on, whichever driver it then gets: "ip link set DEV vf N mac MAC".</summary>
    /// <param name="physicalIndex">The interface of the physical function.</param>
    /// <param name="number">The virtual function's number.</param>
    /// <param name="mac">The address.</param>
    /// <exception cref="SyscallException">EOPNOTSUPP: the driver has no virtual functions; EINVAL: it has fewer; ENODEV; EPERM.</exception>
    public void SetVirtualFunctionMac(int physicalIndex, int number, MacAddress mac)
    {
        Span<byte> value = stackalloc byte[VirtualFunctionMacBytes];
        value.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(value, number);
        mac.ToBytes().CopyTo(value[sizeof(int)..]);
        NetlinkWriter request = LinkRequest(RTM_NEWLINK, NLM_F_ACK, physicalIndex);
        int list = request.BeginNested(IFLA_VFINFO_LIST);
        int one = request.BeginNested(IFLA_VF_INFO);
        request.Attribute(IFLA_VF_MAC, value).EndNested(one).EndNested(list);
        Execute(request, $"set address {mac} of virtual function {number} of link {physicalIndex}");
    }
}
