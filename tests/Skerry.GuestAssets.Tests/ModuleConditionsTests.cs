namespace Skerry.GuestAssets.Tests;

public sealed class ModuleConditionsTests
{
    private static readonly KernelModule[] s_modules =
    [
        Module("virtio", []),
        Module("virtio_pci_modern_dev", []),
        Module("virtio_pci", ["virtio", "virtio_pci_modern_dev"], "pci:v00001AF4d*"),
        Module("virtio_mmio", ["virtio"], "acpi*:LNRO0005:*"),
        Module("virtio_net", ["virtio"], "virtio:d00000001v*"),
        Module("vsock", []),
        Module("vsock_transport", ["vsock", "virtio"], "virtio:d00000013v*"),
        Module("fuse", []),
        Module("virtiofs", ["fuse"], "virtio:d0000001Av*"),
        Module("overlay", []),
    ];

    [Theory]
    [InlineData("overlay", "")]
    [InlineData("virtio_pci", "pci:v00001AF4d*")]
    [InlineData("virtio_pci_modern_dev", "pci:v00001AF4d*")]
    [InlineData("virtio_net", "pci:* virtio:d00000001v*")]
    [InlineData("vsock_transport", "virtio:d00000013v*")]
    [InlineData("vsock", "virtio:d00000013v*")]
    [InlineData("fuse", "pci:* virtio:d0000001Av*")]
    public void Module_IsNeededWhereItsDevicesOrItsUsersDevicesAre(string name, string expected) =>
        Assert.Equal(expected, ModuleConditions.For(s_modules.Single(module => module.Name == name), s_modules));

    [Fact]
    public void ModuleNeededByAnUnconditionalOne_IsAlwaysNeeded()
    {
        KernelModule[] modules = [.. s_modules, Module("always", ["vsock"])];
        Assert.Empty(ModuleConditions.For(modules.Single(module => module.Name == "vsock"), modules));
    }

    [Fact]
    public void CircularNeeds_AreAlwaysNeeded()
    {
        KernelModule[] modules = [Module("a", ["b"]), Module("b", ["a"])];
        Assert.Empty(ModuleConditions.For(modules[0], modules));
    }

    private static KernelModule Module(string name, string[] needs, params string[] aliases) => new(name, $"/{name}.ko", [], needs, aliases);
}
