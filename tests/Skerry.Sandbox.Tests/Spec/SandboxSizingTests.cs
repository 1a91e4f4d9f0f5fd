using Skerry.Config;
using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Sandbox.Tests.Spec;

public sealed class SandboxSizingTests
{
    private static readonly SandboxConfiguration Configuration = new(
        new SkerryConfig
        {
            Hypervisor = new HypervisorConfig { DefaultVcpus = 1, DefaultMemoryMiB = 256, DefaultMaxVcpus = 4 },
            Runtime = new RuntimeConfig { StaticSandboxResourceMgmt = true },
        },
        name => $"file:{name.Length}");

    [Fact]
    public void EveryTerm_HasItsAmountAndReason_AndTheSumIsTheSize()
    {
        SandboxSizing sizing = SandboxSizing.Of(Configuration, Pod(quota: "50000", shares: "512", memory: "104857600"));
        Assert.Equal(new SandboxSize(2, 356), sizing.Size);
        Assert.Equal(2, Sum(sizing, SizeTerm.Vcpus));
        Assert.Equal(356, Sum(sizing, SizeTerm.Memory));
        Assert.Equal(
            [
                "1 default_vcpus, from file:24",
                "0.5 the pod's limit: quota 50000 of 100000 (annotation io.kubernetes.cri.sandbox-cpu-quota)",
                "0.5 rounded up to whole processors",
                "256 default_memory, from file:25",
                "100 the pod's limit (annotation io.kubernetes.cri.sandbox-memory)",
            ],
            sizing.Terms.Select(term => FormattableString.Invariant($"{term.Amount} {term.Reason}")));
    }

    [Fact]
    public void APodWithoutALimit_IsAsBigAsItAsksFor()
    {
        SandboxSizing sizing = SandboxSizing.Of(Configuration, Pod(quota: "-1", shares: "1536", memory: "0"));
        Assert.Equal(new SandboxSize(3, 256), sizing.Size);
        Assert.Contains(sizing.Terms, term => term.Amount == 2 && term.Reason.Contains("1536 shares", StringComparison.Ordinal));
    }

    [Fact]
    public void MoreProcessorsThanAllowed_AreTakenBack_WithALine()
    {
        SandboxSizing sizing = SandboxSizing.Of(Configuration, Pod(quota: "1000000", shares: "0", memory: "0"));
        Assert.Equal(4, sizing.Size.Vcpus);
        Assert.Equal(4, Sum(sizing, SizeTerm.Vcpus));
        Assert.Contains(sizing.Terms, term => term.Amount == -7 && term.Reason.StartsWith("at most 4", StringComparison.Ordinal));
    }

    [Fact]
    public void WithoutStaticManagement_LimitsAddNothing()
    {
        SandboxConfiguration dynamic = Configuration with { Config = Configuration.Config with { Runtime = new RuntimeConfig { StaticSandboxResourceMgmt = false } } };
        Assert.Equal(new SandboxSize(1, 256), SandboxSizing.Of(dynamic, Pod("50000", "0", "104857600")).Size);
    }

    [Fact]
    public void HugePages_AreMemoryToo()
    {
        var spec = new OciSpec
        {
            Linux = new OciLinux { Resources = new OciResources { HugepageLimits = [new OciHugepageLimit { PageSize = "2MB", Limit = 8 << 20 }] } },
        };
        Assert.Equal(264u, SandboxSizing.Of(Configuration, spec).Size.MemoryMiB);
    }

    [Fact]
    public void AMachineBiggerThanTheHost_IsRefusedWithBothNumbers()
    {
        SandboxSizing sizing = SandboxSizing.Of(Configuration, Pod("0", "0", "1073741824"));
        sizing.EnsureFits(1280);
        SkerryException error = Assert.Throws<SkerryException>(() => sizing.EnsureFits(1279));
        Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
        Assert.Contains("1280 MiB of memory, but the host has 1279 MiB", error.Message, StringComparison.Ordinal);
        Assert.Contains("1024 MiB (the pod's limit", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MemTotal:       24580000 kB", 24003)]
    [InlineData("MemFree: 1 kB", 0)]
    [InlineData("MemTotal: much", 0)]
    public void TheHostsMemory_IsReadFromMeminfo(string line, long expected) => Assert.Equal(expected, HostMemory.Parse([line]));

    [Theory]
    [InlineData("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", 3)]
    [InlineData("low 0\noom 2\noom_kill 1\noom_group_kill 0\n", 1)]
    [InlineData("oom_kill many\n", 0)]
    [InlineData("", 0)]
    public void KillsForLackOfMemory_AreReadFromBothVersions(string text, long expected) => Assert.Equal(expected, MemoryEvents.Parse(text));

    private static double Sum(SandboxSizing sizing, string resource) => sizing.Terms.Where(term => term.Resource == resource).Sum(term => term.Amount);

    private static OciSpec Pod(string quota, string shares, string memory) => new()
    {
        Annotations = new Dictionary<string, string>
        {
            ["io.kubernetes.cri.sandbox-cpu-period"] = "100000",
            ["io.kubernetes.cri.sandbox-cpu-quota"] = quota,
            ["io.kubernetes.cri.sandbox-cpu-shares"] = shares,
            ["io.kubernetes.cri.sandbox-memory"] = memory,
        },
    };
}
