using Skerry.Agent.Containers;
using Skerry.Agent.Storages;
using Skerry.Linux.Cgroups;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Tests.Storages;

public sealed class DeviceNumbersTests
{
    [Fact]
    public void DevicesAndTheirRules_GetTheGuestsNumbers_AlsoWhenTheySwapThem()
    {
        var linux = new Protocols.Agent.Oci.Linux { Resources = new LinuxResources() };
        linux.Devices.Add([Disk("/dev/a", 7, 1), Disk("/dev/b", 7, 2), new LinuxDevice { Path = "/dev/fuse", Type = "c", Major = 10, Minor = 229 }]);
        linux.Resources.Devices.Add([Rule("b", 7, 1, "r"), Rule("b", 7, 2, "rw"), Rule("c", 7, 1, "rwm"), Rule("a", -1, -1, "rwm")]);
        DeviceNumbers.Renumber(linux, new Dictionary<string, (long Major, long Minor)> { ["/dev/a"] = (7, 2), ["/dev/b"] = (7, 1) });
        Assert.Equal([(7L, 2L), (7, 1), (10, 229)], linux.Devices.Select(device => (device.Major, device.Minor)));
        Assert.Equal([(7L, 2L, "r"), (7, 1, "rw"), (7, 1, "rwm"), (-1, -1, "rwm")], linux.Resources.Devices.Select(rule => (rule.Major, rule.Minor, rule.Access)));
    }

    [Fact]
    public void ADeviceWithARuleOfItsOwn_IsNotAllowedMore()
    {
        var linux = new Protocols.Agent.Oci.Linux { Resources = new LinuxResources() };
        linux.Devices.Add([Disk("/dev/a", 254, 0), Disk("/dev/b", 254, 16)]);
        linux.Resources.Devices.Add([Rule("b", 254, 0, "r")]);
        IReadOnlyList<DeviceRule> rules = ResourceLimits.DeviceRules(linux);
        Assert.Equal([DeviceRule.FromOci(true, "b", 254, 0, "r")], rules.Where(rule => rule == DeviceRule.FromOci(true, "b", 254, 0, "r") || rule == DeviceRule.FromOci(true, "b", 254, 0, "rwm")));
        Assert.Equal(DeviceRule.FromOci(true, "b", 254, 16, "rwm"), rules[^1]);
    }

    private static LinuxDevice Disk(string path, long major, long minor) => new() { Path = path, Type = "b", Major = major, Minor = minor };

    private static LinuxDeviceCgroup Rule(string type, long major, long minor, string access) => new() { Allow = true, Type = type, Major = major, Minor = minor, Access = access };
}
