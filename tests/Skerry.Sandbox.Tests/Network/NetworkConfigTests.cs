using Skerry.Config;
using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Sandbox.Tests.Network;

/// <summary>Which network a spec asks for.</summary>
public sealed class NetworkConfigTests
{
    private const string Blue = "/run/netns/blue";

    [Fact]
    public void ANamespaceOfTheManager_IsJoined()
    {
        NetworkConfig config = Of(Spec(Blue));
        Assert.Equal((NetworkKind.Joined, Blue, true), (config.Kind, config.NamespacePath, config.MayChange));
    }

    [Fact]
    public void ANamespaceWithoutPath_BeginsWithTheMachine_AndMayGetInterfacesLater()
    {
        NetworkConfig config = Of(Spec(null));
        Assert.Equal((NetworkKind.Own, true), (config.Kind, config.MayChange));
        Assert.False(Of(Spec(null, (NetworkConfig.Annotation, "none"))).MayChange);
    }

    [Fact]
    public void HooksInANamespaceWithoutPath_AreExpectedToMakeInterfaces()
    {
        var hooks = new OciHooks { CreateRuntime = [new OciHook { Path = "/usr/bin/network" }] };
        Assert.True(Of(Spec(null) with { Hooks = hooks }).ExpectsInterfaces);
        Assert.False(Of(Spec(Blue) with { Hooks = hooks }).ExpectsInterfaces);
        Assert.False(Of(Spec(null)).ExpectsInterfaces);
        Assert.False(Of(Spec(null, (NetworkConfig.Annotation, "none")) with { Hooks = hooks }).ExpectsInterfaces);
    }

    [Fact]
    public void AUserNetwork_HasThePublishedPorts()
    {
        NetworkConfig config = Of(Spec(null, (NetworkConfig.Annotation, "user"), (NetworkConfig.PublishAnnotation, "8080:80, 127.0.0.1:53:5353/udp")));
        Assert.Equal(NetworkKind.User, config.Kind);
        Assert.Equal(["8080:80/tcp", "127.0.0.1:53:5353/udp"], config.Ports.Select(port => port.ToString()));
    }

    [Fact]
    public void TheHostsNetwork_IsRefusedWithWhatToUseInstead()
    {
        OciSpec without = Spec(null) with { Linux = new OciLinux() };
        foreach (OciSpec spec in (OciSpec[])[without, Spec("/proc/self/ns/net"), Spec("/run/netns/same-as-host")])
        {
            SkerryException error = Assert.Throws<SkerryException>(() => Of(spec));
            Assert.Equal(FailureKind.InvalidArgument, error.Kind);
            Assert.Contains("host's network", error.Message, StringComparison.Ordinal);
            Assert.Contains("hostPort", error.Hint, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WithDisableNewNetns_NoNamespaceIsLookedAt()
    {
        NetworkConfig config = NetworkConfig.Of(
            Spec(null) with { Linux = new OciLinux() }, new RuntimeConfig { DisableNewNetns = true, InternetworkingModel = "none" }, _ => null);
        Assert.Equal((NetworkKind.Host, false), (config.Kind, config.MayChange));
    }

    [Fact]
    public void AMissingNamespace_IsNamed()
    {
        SkerryException error = Assert.Throws<SkerryException>(() => Of(Spec("/run/netns/gone")));
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Contains("/run/netns/gone", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user", null, Blue, "contradicts")]
    [InlineData("bridge", null, null, "names no network")]
    [InlineData("none", "80:80", null, "needs")]
    [InlineData("user", "80", null, "publishes no port")]
    public void ContradictingAnnotations_AreRefused(string network, string? publish, string? path, string words)
    {
        OciSpec spec = publish is null ? Spec(path, (NetworkConfig.Annotation, network)) : Spec(path, (NetworkConfig.Annotation, network), (NetworkConfig.PublishAnnotation, publish));
        SkerryException error = Assert.Throws<SkerryException>(() => Of(spec));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    private static NetworkConfig Of(OciSpec spec) => NetworkConfig.Of(spec, new RuntimeConfig(), path => path switch
    {
        Blue => 7,
        "/proc/self/ns/net" or "/run/netns/same-as-host" => 1,
        _ => null,
    });

    private static OciSpec Spec(string? path, params (string Name, string Value)[] annotations) => new()
    {
        OciVersion = OciSpec.Version,
        Linux = new OciLinux { Namespaces = [new OciNamespace { Type = "pid" }, new OciNamespace { Type = "network", Path = path }] },
        Annotations = annotations.ToDictionary(each => each.Name, each => each.Value),
    };
}
