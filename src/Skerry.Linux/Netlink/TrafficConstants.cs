namespace Skerry.Linux.Netlink;

/// <summary>Constants of traffic control and of tun devices under their kernel names: an ABI test compares every one with the headers.</summary>
/// <remarks>From include/uapi/linux: pkt_sched.h, pkt_cls.h, tc_act/tc_mirred.h, if_ether.h, if_tun.h.</remarks>
internal static class TrafficConstants
{
    internal const ushort TCA_KIND = 1;
    internal const ushort TCA_OPTIONS = 2;
    internal const ushort TCA_U32_SEL = 5;
    internal const ushort TCA_U32_ACT = 7;
    internal const byte TC_U32_TERMINAL = 1;
    internal const ushort TCA_ACT_KIND = 1;
    internal const ushort TCA_ACT_OPTIONS = 2;
    internal const ushort TCA_MIRRED_PARMS = 2;
    internal const int TCA_EGRESS_REDIR = 1;
    internal const int TC_ACT_STOLEN = 4;
    internal const uint TC_H_INGRESS = 0xfffffff1;
    internal const uint TC_H_ROOT = 0xffffffff;
    internal const uint TC_H_MAJ_MASK = 0xffff0000;
    internal const ushort ETH_P_ALL = 3;
    internal const ushort TCA_TBF_PARMS = 1;
    internal const ushort TCA_TBF_RTAB = 2;
    internal const ushort TCA_TBF_RATE64 = 4;
    internal const ushort TCA_TBF_BURST = 6;
    internal const byte TC_LINKLAYER_ETHERNET = 1;

    internal const uint TUNSETIFF = 0x400454ca;
    internal const uint SIOCGIFHWADDR = 0x8927;
    internal const ushort IFF_TAP = 0x0002;
    internal const ushort IFF_MULTI_QUEUE = 0x0100;
    internal const ushort IFF_NO_PI = 0x1000;
    internal const ushort IFF_VNET_HDR = 0x4000;
}
