using System.Buffers.Binary;
using static Skerry.Linux.Netlink.NetlinkConstants;
using static Skerry.Linux.Netlink.TrafficConstants;

namespace Skerry.Linux.Netlink;

/// <content>Traffic control: what joins a pod's interface with a guest's tap, see tc(8).</content>
public sealed partial class RouteNetlink
{
    private const int TrafficHeaderBytes = 20;

    /// <summary>The handle "ffff:" that every ingress queue has.</summary>
    private const uint IngressHandle = TC_H_MAJ_MASK;

    /// <summary>
    /// Sends every packet that arrives at one interface out of the other, and the other way round, as if they were one cable.
    /// Both must be up for packets to pass.
    /// </summary>
    /// <exception cref="SyscallException">ENODEV; ENOENT or EOPNOTSUPP: the kernel lacks sch_ingress, cls_u32 or act_mirred.</exception>
    public void JoinLinks(int firstIndex, int secondIndex)
    {
        AddIngress(firstIndex);
        AddIngress(secondIndex);
        RedirectIngress(firstIndex, secondIndex);
        RedirectIngress(secondIndex, firstIndex);
    }

    /// <summary>Gives an interface a queue for arriving packets, which filters can hang on; false when it has one.</summary>
    /// <exception cref="SyscallException">ENODEV; ENOENT: the kernel has no sch_ingress.</exception>
    public bool AddIngress(int index)
    {
        NetlinkWriter request = TrafficRequest(RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, index, IngressHandle, TC_H_INGRESS)
            .Attribute(TCA_KIND, "ingress");
        Errno error = TryExecute(request, out string? reason);
        return error switch
        {
            Errno.None => true,
            Errno.EEXIST => false,
            _ => throw new SyscallException("rtnetlink", $"add an ingress queue to link {index}", error, reason),
        };
    }

    /// <summary>Removes the queue for arriving packets with all its filters; false when there was none.</summary>
    /// <exception cref="SyscallException">ENODEV; EPERM.</exception>
    public bool DeleteIngress(int index)
    {
        Errno error = TryExecute(TrafficRequest(RTM_DELQDISC, NLM_F_ACK, index, IngressHandle, TC_H_INGRESS), out string? reason);
        return error switch
        {
            Errno.None => true,
            Errno.EINVAL or Errno.ENOENT => false,
            _ => throw new SyscallException("rtnetlink", $"remove the ingress queue of link {index}", error, reason),
        };
    }

    /// <summary>Sends every packet that arrives at <paramref name="fromIndex"/> out of <paramref name="toIndex"/>; needs <see cref="AddIngress"/>.</summary>
    /// <exception cref="SyscallException">ENODEV; EINVAL: no ingress queue; ENOENT: the kernel has no cls_u32 or act_mirred.</exception>
    public void RedirectIngress(int fromIndex, int toIndex)
    {
        uint protocol = BinaryPrimitives.ReverseEndianness(ETH_P_ALL);
        NetlinkWriter request = TrafficRequest(RTM_NEWTFILTER, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, fromIndex, 0, IngressHandle, protocol)
            .Attribute(TCA_KIND, "u32");
        int options = request.BeginNested(TCA_OPTIONS, flagged: false);
        AppendMatchAll(request);
        int actions = request.BeginNested(TCA_U32_ACT, flagged: false);
        int first = request.BeginNested(1, flagged: false);
        request.Attribute(TCA_ACT_KIND, "mirred");
        int parameters = request.BeginNested(TCA_ACT_OPTIONS, flagged: false);
        AppendRedirect(request, toIndex);
        request.EndNested(parameters).EndNested(first).EndNested(actions).EndNested(options);
        Execute(request, $"redirect link {fromIndex} to link {toIndex}");
    }

    /// <summary>True when filters hang on the queue for arriving packets.</summary>
    public bool HasIngressFilters(int index) => Dump(
        () => TrafficRequest(RTM_GETTFILTER, NLM_F_DUMP, index, 0, IngressHandle),
        $"list filters of link {index}",
        (type, payload) => type == RTM_NEWTFILTER && payload.Length >= TrafficHeaderBytes ? "filter" : null).Count > 0;

    /// <summary>struct tc_u32_sel with one key of an empty mask: it matches everything, and matching ends there.</summary>
    private static void AppendMatchAll(NetlinkWriter request)
    {
        int selector = request.BeginNested(TCA_U32_SEL, flagged: false);
        request.Byte(TC_U32_TERMINAL).Byte(0).Byte(1).Byte(0).UInt16(0).UInt16(0).UInt16(0).UInt16(0).UInt32(0);
        request.UInt32(0).UInt32(0).Int32(0).Int32(0).EndNested(selector);
    }

    /// <summary>struct tc_mirred: index, capability, action, two counts, then what to do and where.</summary>
    private static void AppendRedirect(NetlinkWriter request, int toIndex)
    {
        int mirred = request.BeginNested(TCA_MIRRED_PARMS, flagged: false);
        request.UInt32(0).UInt32(0).Int32(TC_ACT_STOLEN).Int32(0).Int32(0).Int32(TCA_EGRESS_REDIR).Int32(toIndex).EndNested(mirred);
    }

    private static NetlinkWriter TrafficRequest(ushort type, ushort flags, int index, uint handle, uint parent, uint info = 0) =>
        new NetlinkWriter(type, flags).Byte(AF_UNSPEC).Byte(0).UInt16(0).Int32(index).UInt32(handle).UInt32(parent).UInt32(info);
}
