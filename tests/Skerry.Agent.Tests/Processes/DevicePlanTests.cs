using Skerry.Agent.Processes;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Tests.Processes;

public sealed class DevicePlanTests
{
    [Fact]
    public void ARequestedDevice_ReplacesTheDefaultOfItsPath()
    {
        IReadOnlyList<LinuxDevice> devices = DevicePlan.Devices([new LinuxDevice { Path = "/dev/null", Type = "c", Major = 9, Minor = 9 }]);

        Assert.Equal(9, Assert.Single(devices, d => d.Path == "/dev/null").Major);
        Assert.Equal(6, devices.Count);
        Assert.Contains(devices, d => d.Path == "/dev/tty" && d.Major == 5);
    }

    [Theory]
    [InlineData("/dev", "bind", true)]
    [InlineData("/dev/", "none", true)]
    [InlineData("/dev/shm", "bind", false)]
    public void ABoundDev_IsLeftAlone(string destination, string type, bool own) =>
        Assert.Equal(own, DevicePlan.BringsItsOwn([new Mount { Destination = destination, Type = type, Options = { "rbind" } }]));

    [Fact]
    public void ATmpfsDev_IsFilled() =>
        Assert.False(DevicePlan.BringsItsOwn([new Mount { Destination = "/dev", Type = "tmpfs", Options = { "nosuid" } }]));
}
