using Skerry.Agent.Boot;

namespace Skerry.Agent.Tests.Boot;

public sealed class PresentDevicesTests : IDisposable
{
    private readonly string _buses = Directory.CreateTempSubdirectory("skerry-bus-").FullName;

    public PresentDevicesTests()
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
    [InlineData("/lib/modules/x.ko #if virtio:d00000003v00000000", true)]
    [InlineData("/lib/modules/x.ko #if virtio:d00000003v0000000", false)]
    [InlineData("/lib/modules/x.ko #if virtio:d00000003v*7", false)]
    [InlineData("/lib/modules/x.ko #if ", true)]
    public void Module_IsLoadedWhereOneOfItsDevicesIs(string line, bool expected) =>
        Assert.Equal(expected, new PresentDevices(_buses).Include(line));

    [Fact]
    public void WithoutSysfs_EveryModuleIsLoaded() =>
        Assert.True(new PresentDevices("/nowhere/bus").Include("/lib/modules/x.ko #if virtio:d00000001v*"));

    [Fact]
    public void ADeviceThatAModuleBrought_IsSeenOnceTheAnswersAreForgotten()
    {
        const string Line = "/lib/modules/virtio_net.ko #if virtio:d00000001v*";
        var devices = new PresentDevices(_buses);
        Assert.False(devices.Include(Line));
        AddDevice("virtio", "virtio1", "virtio:d00000001v00001AF4");
        Assert.False(devices.Include(Line));
        Assert.False(devices.Include("/lib/modules/failover.ko #if virtio:d00000001v*"));
        devices.Forget();
        Assert.True(devices.Include(Line));
    }

    private void AddDevice(string bus, string name, string alias)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_buses, bus, "devices", name)).FullName;
        File.WriteAllText(Path.Combine(directory, "modalias"), alias + "\n");
    }
}
