using Skerry.Oci;

namespace Skerry.Sandbox.Tests.Devices;

public sealed class RequestedDisksTests
{
    private static readonly OciDevice s_disk = new() { Path = "/dev/xvda", Type = "b", Major = 7, Minor = 5 };

    [Theory]
    [InlineData("rwm", true)]
    [InlineData("rw", true)]
    [InlineData("r", false)]
    [InlineData("rm", false)]
    [InlineData("", false)]
    public void TheRuleOfADevice_SaysWhetherItIsWritten(string access, bool writable)
    {
        OciSpec spec = Spec([s_disk], [DenyAll, Rule(7, 5, access)]);
        Assert.Equal(new RequestedDisk("/dev/xvda", new DeviceNumber(7, 5), writable), Assert.Single(RequestedDisks.Of(spec)));
    }

    [Fact]
    public void ADeviceWithoutARule_IsWritten() => Assert.True(Assert.Single(RequestedDisks.Of(Spec([s_disk], []))).Writable);

    [Fact]
    public void OfSeveralRules_TheLastDecides() =>
        Assert.False(Assert.Single(RequestedDisks.Of(Spec([s_disk], [Rule(7, 5, "rwm"), Rule(7, 5, "r")]))).Writable);

    [Fact]
    public void AForbiddenDevice_IsLeftOut() => Assert.Empty(RequestedDisks.Of(Spec([s_disk], [Rule(7, 5, "rwm") with { Allow = false }])));

    [Fact]
    public void CharacterDevices_AreNoDisks() => Assert.Empty(RequestedDisks.Of(Spec([s_disk with { Type = "c" }], [])));

    [Fact]
    public void WhatAManagerListsForAPrivilegedContainer_StaysOnTheHost() =>
        Assert.Empty(RequestedDisks.Of(Spec([NullDevice, s_disk, s_disk with { Path = "/dev/sda", Major = 8, Minor = 0 }], [AllowAll])));

    [Fact]
    public void OfSuchAList_OnlyWhatHasARuleOfItsOwnIsMeant()
    {
        OciSpec spec = Spec([NullDevice, s_disk, s_disk with { Path = "/dev/sda", Major = 8, Minor = 0 }], [AllowAll, Rule(8, 0, "rw")]);
        Assert.Equal("/dev/sda", Assert.Single(RequestedDisks.Of(spec)).Path);
    }

    [Fact]
    public void APrivilegedContainer_WithoutTheHostsDevices_HasThoseItAskedFor() =>
        Assert.Single(RequestedDisks.Of(Spec([s_disk], [AllowAll])));

    private static OciDeviceRule AllowAll => new() { Allow = true, Access = "rwm" };

    private static OciDeviceRule DenyAll => new() { Allow = false, Access = "rwm" };

    private static OciDevice NullDevice => new() { Path = "/dev/null", Type = "c", Major = 1, Minor = 3 };

    private static OciDeviceRule Rule(long major, long minor, string access) => new() { Allow = true, Type = "b", Major = major, Minor = minor, Access = access };

    private static OciSpec Spec(IReadOnlyList<OciDevice> devices, IReadOnlyList<OciDeviceRule> rules) =>
        new() { Linux = new OciLinux { Devices = devices, Resources = new OciResources { Devices = rules } } };
}
