using Skerry.Cli.Containers;
using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Cli.Tests;

public sealed class NetworkArgumentTests
{
    [Fact]
    public void WithoutOptions_ThereIsNoNetwork_AndNoFileIsWritten()
    {
        NetworkArgument network = NetworkArgument.Parse(null, [], []);
        Assert.Equal([new("dev.skerry.network", "none")], network.Annotations());
        Assert.Empty(network.WriteFiles("/nonexistent", "island"));
    }

    [Fact]
    public void APublishedPort_ImpliesAUserNetwork()
    {
        NetworkArgument network = NetworkArgument.Parse(null, ["8080:80", "127.0.0.1:53:53/udp"], []);
        Assert.Equal(
            [new("dev.skerry.network", "user"), new("dev.skerry.network.publish", "8080:80/tcp,127.0.0.1:53:53/udp")], network.Annotations());
    }

    [Theory]
    [InlineData("netns:/run/netns/blue")]
    [InlineData("ns:/run/netns/blue")]
    public void ANamespace_IsNamedByItsPath(string text)
    {
        NetworkArgument network = NetworkArgument.Parse(text, [], []);
        Assert.Equal("/run/netns/blue", network.NamespacePath);
        Assert.Empty(network.Annotations());
    }

    [Fact]
    public void NameServers_AreThoseGiven_ElseTheNetworks()
    {
        string directory = Directory.CreateTempSubdirectory("skerry-net-").FullName;
        try
        {
            IReadOnlyList<OciMount> mounts = NetworkArgument.Parse("user", [], ["192.0.2.1", "2001:db8::1"]).WriteFiles(directory, "island");
            Assert.Equal(["/etc/resolv.conf", "/etc/hosts"], mounts.Select(mount => mount.Destination));
            Assert.Equal("nameserver 192.0.2.1\nnameserver 2001:db8::1\n", File.ReadAllText(mounts[0].Source!));
            Assert.Contains("10.0.2.15\tisland\n", File.ReadAllText(mounts[1].Source!), StringComparison.Ordinal);
            NetworkArgument.Parse("user", [], []).WriteFiles(directory, "island");
            Assert.Equal("nameserver 10.0.2.3\n", File.ReadAllText(mounts[0].Source!));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData("host", "", "", "--network user")]
    [InlineData("bridge", "", "", "netns:PATH")]
    [InlineData("netns:", "", "", "netns:PATH")]
    [InlineData("none", "80:80", "", "--network user")]
    [InlineData("netns:/run/netns/blue", "80:80", "", "under its address")]
    [InlineData("user", "80", "", "HOST:GUEST")]
    [InlineData("user", "", "one.one.one.one", null)]
    public void WhatCannotBe_IsRefusedWithWhatToUse(string network, string publish, string dns, string? hint)
    {
        SkerryException error = Assert.Throws<SkerryException>(() => NetworkArgument.Parse(network, Listed(publish), Listed(dns)));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains(hint ?? string.Empty, error.Hint ?? string.Empty, StringComparison.Ordinal);
    }

    private static string[] Listed(string text) => text.Length == 0 ? [] : [text];
}
