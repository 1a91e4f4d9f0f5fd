using Skerry.Core;
using Skerry.Hypervisor.Qemu;

namespace Skerry.Hypervisor.Tests;

public sealed class QemuSlotsTests
{
    [Fact]
    public void EightSlots_ShareADeviceOfTheRootBus()
    {
        string[] arguments = [.. QemuSlots.Arguments(9).Where(argument => argument != "-device")];
        Assert.Equal(9, arguments.Length);
        Assert.Equal("pcie-root-port,id=slot0,bus=pcie.0,addr=1e.0,multifunction=on,chassis=1,slot=1", arguments[0]);
        Assert.Equal("pcie-root-port,id=slot8,bus=pcie.0,addr=1d.0,multifunction=on,chassis=9,slot=9", arguments[8]);
        Assert.Equal(("1e.7/00", "1d.0/00"), (QemuSlots.PciPath(7), QemuSlots.PciPath(8)));
    }

    [Fact]
    public void AFreedSlot_IsTakenAgain()
    {
        var slots = new QemuSlots("q35", 2);
        Assert.Equal((0, 1), (slots.Take("a"), slots.Take("b")));
        Assert.Equal(0, slots.Free);
        slots.Release(0);
        Assert.Equal((1, 0, 0), (slots.Free, slots.Take("c"), slots.Free));
    }

    [Theory]
    [InlineData(0, "it would be device 1 of 0", "set machine_type = \"q35\"")]
    [InlineData(3, "it would be device 4 of 3", "raise pcie_root_port")]
    [InlineData(16, "it would be device 17 of 16", "use fewer devices")]
    public void WithoutAFreeSlot_TheErrorHasBothNumbersAndTheWayOut(int count, string words, string hint)
    {
        var slots = new QemuSlots("q35", count);
        for (int i = 0; i < count; i++)
        {
            slots.Take($"disk \"disk{i}\"");
        }

        HypervisorException error = Assert.Throws<HypervisorException>(() => slots.Take("disk \"more\""));
        Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
        Assert.Contains("no free slot for disk \"more\": " + words, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(hint, error.Hint, StringComparison.Ordinal);
    }
}
