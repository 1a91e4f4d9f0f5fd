using Skerry.Agent.Boot;

namespace Skerry.Agent.Tests;

public sealed class ModuleConditionTests : IDisposable
{
    private readonly string _buses = Directory.CreateTempSubdirectory("skerry-bus-").FullName;

    public ModuleConditionTests()
    {
        AddDevice("virtio", "virtio0", "virtio:d00000003v00000000");
        AddDevice("acpi", "LNRO0005:00", "acpi:LNRO0005:");
        Directory.CreateDirectory(Path.Combine(_buses, "pci/devices"));
        Directory.CreateDirectory(Path.Combine(_buses, "acpi/devices/device:00"));
    }

    public void Dispose() => Directory.Delete(_buses, recursive: true);

    [Theory]
    [InlineData("/lib/modules/overlay.ko", true)]
    [InlineData("/lib/modules/x.ko # only a remark", true)]
    [InlineData("/lib/modules/virtio_console.ko #if pci:* virtio:d00000003v*", true)]
    [InlineData("/lib/modules/virtio_mmio.ko #if acpi*:LNRO0005:*", true)]
    [InlineData("/lib/modules/virtio_net.ko #if pci:* virtio:d00000001v*", false)]
    [InlineData("/lib/modules/virtio_pci.ko #if pci:v00001AF4d*sv*sd*bc*sc*i*", false)]
    [InlineData("/lib/modules/x.ko #if ../../etc:*", false)]
    [InlineData("/lib/modules/x.ko #if nobus:*", false)]
    public void Module_IsLoadedWhereOneOfItsDevicesIs(string line, bool expected) =>
        Assert.Equal(expected, ModuleCondition.Of(line, _buses).IsMet());

    [Fact]
    public void WithoutSysfs_EveryModuleIsLoaded() =>
        Assert.True(ModuleCondition.Of("/lib/modules/x.ko #if virtio:d00000001v*", "/nowhere/bus").IsMet());

    private void AddDevice(string bus, string name, string alias)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_buses, bus, "devices", name)).FullName;
        File.WriteAllText(Path.Combine(directory, "modalias"), alias + "\n");
    }
}
