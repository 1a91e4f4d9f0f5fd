using Skerry.Config;
using Skerry.Oci;

namespace Skerry.Sandbox.Tests.Spec;

public sealed class SandboxSizeTests
{
    private static readonly SkerryConfig Config = new()
    {
        Hypervisor = new HypervisorConfig { DefaultVcpus = 1, DefaultMemoryMiB = 256, DefaultMaxVcpus = 8 },
        Runtime = new RuntimeConfig { StaticSandboxResourceMgmt = true },
    };

    [Fact]
    public void WithoutLimits_TheDefaultsHold() => Assert.Equal(new SandboxSize(1, 256), SandboxSize.Of(Config, new OciSpec()));

    [Fact]
    public void ALoneContainersLimits_AreAddedToTheDefaults()
    {
        var spec = Limited(quota: 150_000, memory: (100 << 20) + 1);
        Assert.Equal(new SandboxSize(3, 256 + 101), SandboxSize.Of(Config, spec));
    }

    [Fact]
    public void APodsAnnotations_WinOverItsFirstContainer()
    {
        OciSpec spec = Limited(quota: 100_000, memory: 1 << 20) with
        {
            Annotations = new Dictionary<string, string>
            {
                ["io.kubernetes.cri.sandbox-cpu-quota"] = "200000",
                ["io.kubernetes.cri.sandbox-cpu-period"] = "100000",
                ["io.kubernetes.cri.sandbox-memory"] = "1073741824",
            },
        };
        Assert.Equal(new SandboxSize(3, 256 + 1024), SandboxSize.Of(Config, spec));
    }

    [Fact]
    public void Vcpus_StayBelowTheConfiguredMost() => Assert.Equal(8, SandboxSize.Of(Config, Limited(quota: 10_000_000, memory: 0)).Vcpus);

    [Fact]
    public void UnlimitedMinusOne_AddsNothing() => Assert.Equal(new SandboxSize(1, 256), SandboxSize.Of(Config, Limited(quota: -1, memory: -1)));

    private static OciSpec Limited(long quota, long memory) => new()
    {
        Linux = new OciLinux
        {
            Resources = new OciResources { Cpu = new OciCpu { Quota = quota, Period = 100_000 }, Memory = new OciMemory { Limit = memory } },
        },
    };
}
