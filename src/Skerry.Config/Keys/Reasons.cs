namespace Skerry.Config.Keys;

/// <summary>Why keys have no effect yet, one text per reason, so that a warning can group the keys by it.</summary>
internal static class Reasons
{
    internal const string Block = "disks are plugged without this yet";
    internal const string BurstRates = "rx_rate_limiter_max_rate and tx_rate_limiter_max_rate limit a network card";
    internal const string Confidential = "confidential guests are not supported";
    internal const string Console = "the guest's console is chosen by the machine type";
    internal const string Dax = "the share has no DAX window yet";
    internal const string Devices = "no host devices but the pod's network cards are passed through yet";
    internal const string DirectNetwork = "a network comes from the pod's namespace or from the VMM";
    internal const string DiskBus = "every disk is plugged as virtio-blk on PCI";
    internal const string Experimental = "none of these features exists here";
    internal const string Factory = "templates and machines started in advance come later";
    internal const string Firmware = "the guest kernel is booted directly";
    internal const string FixedPorts = "the guest's ports are fixed";
    internal const string HotPlug = "slots for what is plugged later are made by themselves";
    internal const string HugePageKind = "only hugetlbfs is used";
    internal const string KeepAbnormal = "a failed sandbox is always cleaned up; its error holds the console's last lines";
    internal const string MemoryAgent = "the guest has no memory agent yet";
    internal const string MemoryDump = "guest memory is not dumped yet";
    internal const string Monitor = "the VMM has one monitor";
    internal const string NoNestingCheck = "Skerry makes no such check";
    internal const string NoRedial = "the guest channel tells when the agent is up, so nothing is dialled again";
    internal const string Numa = "NUMA nodes are not shown to the guest yet";
    internal const string Nvdimm = "the address space of a mapped image is sized by itself";
    internal const string Nydus = "nydus images are not supported yet";
    internal const string OtherHypervisor = "it belongs to a hypervisor other than qemu";
    internal const string Overhead = "the machine's own need is part of default_memory and default_vcpus";
    internal const string OwnLimits = "health checks are bounded by dial_timeout";
    internal const string OwnStreams = "process streams always have connections of their own";
    internal const string Policy = "the agent does not enforce a policy yet";
    internal const string Profiler = "there is no Go profiler here";
    internal const string Retired = "Kata retired it";
    internal const string Rootless = "the VMM does not run as another user yet";
    internal const string RootPorts = "devices are plugged into PCIe root ports: pcie_root_port";
    internal const string Routing = "the host does not route for the guest; tcfilter does the same work";
    internal const string SeLinux = "SELinux labels are not set yet";
    internal const string Storage = "volumes other than bind mounts come later";
    internal const string Tracing = "spans are not exported yet";
}
