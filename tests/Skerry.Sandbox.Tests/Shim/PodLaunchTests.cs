using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Core;
using Skerry.Oci;
using Skerry.Protocols;
using Skerry.Protocols.Cri;
using Skerry.Protocols.Shim.Sandboxes;
using Skerry.Protocols.Types;
using Skerry.Shim;

namespace Skerry.Sandbox.Tests.Shim;

public sealed class PodLaunchTests : IDisposable
{
    private readonly string _bundle = Directory.CreateTempSubdirectory("skerry-pod-").FullName;

    [Fact]
    public void AKubeletsPod_BecomesTheSpecOfItsPauseContainer()
    {
        var pod = new PodSandboxConfig
        {
            Hostname = "web-0",
            DnsConfig = new DNSConfig { Servers = { "10.0.0.10", "10.0.0.11" }, Searches = { "a", "b" }, Options = { "ndots:5" } },
            Annotations = { ["io.katacontainers.config.hypervisor.default_vcpus"] = "2", ["team"] = "blue", ["dev.skerry.network"] = "user" },
            Linux = new LinuxPodSandboxConfig
            {
                CgroupParent = "/kubepods/pod1",
                Sysctls = { ["net.core.somaxconn"] = "99" },
                Resources = new LinuxContainerResources { CpuPeriod = 100000, CpuQuota = 50000, CpuShares = 512, MemoryLimitInBytes = 1 << 20 },
            },
        };
        LaunchConfig launch = PodLaunch.Of(Request(pod, "/run/netns/x"), "/etc/skerry.toml");
        Assert.Equal(("/etc/skerry.toml", _bundle, true), (launch.ConfigPath, launch.Bundle, launch.SharedMemory));
        Assert.Equal("search a b\nnameserver 10.0.0.10\nnameserver 10.0.0.11\noptions ndots:5\n", launch.Files["/etc/resolv.conf"]);
        Assert.Equal("web-0\n", launch.Files["/etc/hostname"]);
        Assert.Equal("web-0", launch.Spec.Hostname);
        Assert.Equal("/kubepods/pod1/s1", launch.Spec.Linux!.CgroupsPath);
        Assert.Equal("99", launch.Spec.Linux.Sysctl["net.core.somaxconn"]);
        OciNamespace only = Assert.Single(launch.Spec.Linux.Namespaces);
        Assert.Equal(("network", "/run/netns/x"), (only.Type, only.Path));
        Assert.Equal(
            [
                ("io.katacontainers.config.hypervisor.default_vcpus", "2"),
                ("io.kubernetes.cri.sandbox-cpu-period", "100000"),
                ("io.kubernetes.cri.sandbox-cpu-quota", "50000"),
                ("io.kubernetes.cri.sandbox-cpu-shares", "512"),
                ("io.kubernetes.cri.sandbox-memory", "1048576"),
            ],
            launch.Spec.Annotations.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));
    }

    [Theory]
    [InlineData("/kubepods.slice/kubepods-pod1.slice", "kubepods-pod1.slice:cri-containerd:s1")]
    [InlineData("/pods/", "/pods/s1")]
    public void TheCgroup_IsNamedAsTheCriPluginNamesIt(string parent, string expected)
    {
        var pod = new PodSandboxConfig { Linux = new LinuxPodSandboxConfig { CgroupParent = parent } };
        Assert.Equal(expected, PodLaunch.Of(Request(pod), null).Spec.Linux!.CgroupsPath);
    }

    [Fact]
    public void WithoutDnsOfItsOwn_APodUsesTheNodes() => Assert.Equal(
        File.Exists("/etc/resolv.conf") ? File.ReadAllText("/etc/resolv.conf") : string.Empty,
        PodLaunch.Of(Request(new PodSandboxConfig()), null).Files["/etc/resolv.conf"]);

    [Fact]
    public void TheSpecOfAClient_IsKept_AndTheNetworkOfTheCallGoesFirst()
    {
        var spec = new OciSpec
        {
            OciVersion = OciSpec.Version,
            Hostname = "own",
            Annotations = new Dictionary<string, string> { ["dev.skerry.network"] = "none", ["a"] = "spec" },
            Linux = new OciLinux { CgroupsPath = "/x", Namespaces = [new OciNamespace { Type = "network", Path = "/old" }, new OciNamespace { Type = "pid" }] },
        };
        File.WriteAllBytes(Path.Combine(_bundle, "config.json"), spec.ToJson());
        CreateSandboxRequest request = Request(null, "/run/netns/new");
        request.Annotations.Add("a", "call");
        LaunchConfig launch = PodLaunch.Of(request, null);
        Assert.Equal(("own", "/x", "none", "call"), (launch.Spec.Hostname, launch.Spec.Linux!.CgroupsPath, launch.Spec.Annotations["dev.skerry.network"], launch.Spec.Annotations["a"]));
        Assert.Equal(["pid", "network /run/netns/new"], launch.Spec.Linux.Namespaces.Select(space => $"{space.Type} {space.Path}".Trim()));
        Assert.Empty(launch.Files);
        Assert.False(launch.SharedMemory);
    }

    [Fact]
    public void ABareSandbox_HasAnEmptyNetwork()
    {
        OciNamespace only = Assert.Single(PodLaunch.Of(Request(null), null).Spec.Linux!.Namespaces);
        Assert.Equal("network", only.Type);
        Assert.Null(only.Path);
    }

    [Fact]
    public void ThePodOfTheNodesNetwork_HasNone_SoThatTheLaunchRefusesIt()
    {
        var pod = new PodSandboxConfig { Linux = Security(new NamespaceOption { Network = NamespaceMode.Node }) };
        Assert.Empty(PodLaunch.Of(Request(pod), null).Spec.Linux!.Namespaces);
    }

    [Fact]
    public void WhatIsNotOffered_IsRefused()
    {
        var users = new PodSandboxConfig { Linux = Security(new NamespaceOption { UsernsOptions = new UserNamespace { Mode = NamespaceMode.Pod } }) };
        Assert.Equal(FailureKind.Unimplemented, Assert.Throws<SkerryException>(() => PodLaunch.Of(Request(users), null)).Kind);
        CreateSandboxRequest root = Request(null);
        root.Rootfs.Add(new Mount { Type = "bind" });
        Assert.Equal(FailureKind.Unimplemented, Assert.Throws<SkerryException>(() => PodLaunch.Of(root, null)).Kind);
    }

    [Fact]
    public void TheNodesUsers_AreNoUserNamespace()
    {
        var pod = new PodSandboxConfig { Linux = Security(new NamespaceOption { UsernsOptions = new UserNamespace { Mode = NamespaceMode.Node } }) };
        Assert.True(PodLaunch.Of(Request(pod), null).SharedMemory);
    }

    [Fact]
    public void APodThatCannotBeRead_IsAnError()
    {
        CreateSandboxRequest request = Request(null);
        request.Options = new Any { TypeUrl = "runtime.v1.PodSandboxConfig", Value = ByteString.CopyFromUtf8("\u0012\u007f") };
        Assert.Equal(FailureKind.InvalidArgument, Assert.Throws<SkerryException>(() => PodLaunch.Of(request, null)).Kind);
    }

    public void Dispose() => Directory.Delete(_bundle, recursive: true);

    private static LinuxPodSandboxConfig Security(NamespaceOption options) =>
        new() { SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = options } };

    private CreateSandboxRequest Request(PodSandboxConfig? pod, string network = "")
    {
        var request = new CreateSandboxRequest { SandboxId = "s1", BundlePath = _bundle, NetnsPath = network };
        if (pod is not null)
        {
            request.Options = AnyMessage.Pack("runtime.v1.PodSandboxConfig", pod);
        }

        return request;
    }
}
