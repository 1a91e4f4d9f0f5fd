namespace Skerry.Linux.Tests;

public sealed class CapabilitiesTests
{
    [Fact]
    public void EveryCapability_IsFoundByItsName() => Assert.All(
        Enum.GetValues<Capability>(),
        capability => Assert.Equal((true, capability), (Capabilities.TryParse(capability.ToString(), out Capability found), found)));

    [Fact]
    public void Names_MapToTheirBit()
    {
        var ignored = new List<string>();
        Assert.Equal(0x21UL, Capabilities.MaskOf(["CAP_CHOWN", "CAP_KILL"], Capabilities.All, ignored));
        Assert.Empty(ignored);
    }

    [Fact]
    public void UnknownAndUnsupportedNames_AreIgnoredAndListedOnce()
    {
        var ignored = new List<string>();
        ulong mask = Capabilities.MaskOf(["CAP_FUTURE", "CAP_CHOWN", "CAP_FUTURE", "CAP_BPF", "chown", "CAP_5"], supported: 0xff, ignored);
        Assert.Equal(1UL, mask);
        Assert.Equal(["CAP_FUTURE", "CAP_BPF", "chown", "CAP_5"], ignored);
    }

    [Fact]
    public void All_HasFortyOneNamesAndTheyRoundTrip()
    {
        IReadOnlyList<string> names = Capabilities.NamesOf(Capabilities.All);
        Assert.Equal(41, names.Count);
        Assert.Equal(Capabilities.All, Capabilities.MaskOf(names, Capabilities.All, new List<string>()));
    }

    [Theory]
    [InlineData("net_admin")]
    [InlineData("CAP_NET_ADMIN")]
    [InlineData(" Net_Admin ")]
    public void WhatPeopleType_IsUnderstoodRelaxed(string text)
    {
        Assert.True(Capabilities.TryParseRelaxed(text, out Capability capability));
        Assert.Equal(Capability.CAP_NET_ADMIN, capability);
    }

    [Fact]
    public void EmptyText_IsNoCapability() => Assert.False(Capabilities.TryParseRelaxed(null, out _));

    [Fact]
    public void RunningKernel_SaysItsOwnBoundingMaximum()
    {
        int last = int.Parse(File.ReadAllText("/proc/sys/kernel/cap_last_cap"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal((1UL << (last + 1)) - 1, Capabilities.BoundingMax());
        Assert.Equal(Capabilities.All, Capabilities.MaskUpTo("garbage"));
    }

    [Fact]
    public void SetsFromNames_KeepEachListApart()
    {
        var sets = CapabilitySets.FromNames(["CAP_CHOWN", "CAP_KILL"], ["CAP_CHOWN"], null, ["CAP_CHOWN"], [], out IReadOnlyList<string> ignored);
        Assert.Equal(new CapabilitySets(0x21, 1, 0, 1, 0), sets);
        Assert.Empty(ignored);
    }
}
