using Skerry.Config;
using Skerry.Hypervisor;

namespace Skerry.Sandbox.Tests;

public sealed class MachinePlanTests
{
    [Theory]
    [InlineData("q35", "", true, RootDiskDriver.VirtioBlk)]
    [InlineData("q35", "", false, RootDiskDriver.Nvdimm)]
    [InlineData("microvm", "", false, RootDiskDriver.VirtioBlk)]
    [InlineData("q35", "virtio-blk-pci", false, RootDiskDriver.VirtioBlk)]
    [InlineData("q35", "nvdimm", true, RootDiskDriver.Nvdimm)]
    [InlineData("q35", "virtio-pmem", true, RootDiskDriver.VirtioPmem)]
    public void TheRootDisk_IsAttachedAsConfigured(string machineType, string driver, bool disableNvdimm, RootDiskDriver expected)
    {
        var hypervisor = new HypervisorConfig { MachineType = machineType, VmRootfsDriver = driver, DisableImageNvdimm = disableNvdimm };
        Assert.Equal(expected, MachinePlan.DriverOf(hypervisor));
    }
}
