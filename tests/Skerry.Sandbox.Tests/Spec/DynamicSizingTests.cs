using Skerry.Config;
using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Sandbox.Tests.Spec;

public sealed class DynamicSizingTests
{
    private static readonly MachineBounds Bounds = new(8, 4096, 4096);

    [Theory]
    [InlineData(1.0, new[] { 50_000L, 50_000L }, 2)]
    [InlineData(1.0, new[] { 50_000L, 60_000L }, 3)]
    [InlineData(0.5, new[] { 50_000L }, 1)]
    [InlineData(1.0, new[] { -1L }, 1)]
    [InlineData(1.0, new long[0], 1)]
    [InlineData(1.0, new[] { 10_000L, 20_000L, 70_000L }, 2)]
    public void Processors_AreTheDefaultAndTheLimits_RoundedUpOnce(double standard, long[] quotas, int expected)
    {
        DynamicSizing sizing = Size([.. quotas.Select((quota, i) => Container($"c{i}", new OciResources { Cpu = new OciCpu { Quota = quota, Period = 100_000 } }))], standard);
        Assert.Equal(expected, sizing.Size.Vcpus);
        Assert.Equal(expected, Sum(sizing, SizeTerm.Vcpus), 2);
    }

    [Fact]
    public void CpusetsCount_OnlyWhenNobodyHasALimit_EachProcessorOnce()
    {
        ContainerDemand[] bound = [Container("a", Cpus("0-2")), Container("b", Cpus("2,4"))];
        Assert.Equal(5, Size(bound).Size.Vcpus);
        Assert.Equal(2, Size([.. bound, Container("c", new OciResources { Cpu = new OciCpu { Quota = 100_000 } })]).Size.Vcpus);
    }

    [Fact]
    public void Memory_GrowsByWholeBlocks_HugePagesIncluded()
    {
        ContainerDemand[] containers =
        [
            Container("a", Memory(100 << 20)),
            Container("b", Memory(28 << 20) with { HugepageLimits = [new OciHugepageLimit { PageSize = "2MB", Limit = 2 << 20 }] }),
            Container("c", Memory(-1)),
            Container("d", null),
            Container("e", Memory(long.MaxValue)),
        ];
        Assert.Equal(512u, Size(containers).Size.MemoryMiB);
        Assert.Equal(384u, Size(containers[..1]).Size.MemoryMiB);
        Assert.Equal(512, Sum(Size(containers), SizeTerm.Memory));
    }

    [Fact]
    public void TheMaximum_IsRoundedDownToBlocks()
    {
        DynamicSizing sizing = DynamicSizing.Of(Configuration(1), [Container("a", Memory(3000L << 20))], new MachineBounds(8, 1000, 8192), 128);
        Assert.Equal(896u, sizing.Size.MemoryMiB);
        Assert.Equal(896, Sum(sizing, SizeTerm.Memory));
    }

    [Theory]
    [InlineData("0-3,6", new[] { 0, 1, 2, 3, 6 })]
    [InlineData("1,1,0", new[] { 0, 1 })]
    [InlineData("", new int[0])]
    [InlineData(null, new int[0])]
    [InlineData("3-1", new int[0])]
    [InlineData("0-4294967295", new int[0])]
    [InlineData("a", new int[0])]
    [InlineData("-1", new int[0])]
    public void CpuLists_AreThoseOfCgroups(string? text, int[] expected) => Assert.Equal(expected, CpuList.Parse(text));

    [Theory]
    [InlineData(new int[0], "")]
    [InlineData(new[] { 3 }, "3")]
    [InlineData(new[] { 0, 1, 2, 6, 8, 9 }, "0-2,6,8-9")]
    public void CpuLists_AreWrittenShort(int[] numbers, string expected) => Assert.Equal(expected, CpuList.Format(numbers));

    [Fact]
    public void AnUpdate_ChangesWhatItNames()
    {
        var now = new OciResources { Cpu = new OciCpu { Quota = 50_000, Period = 100_000, Cpus = "0" }, Memory = new OciMemory { Limit = 64 << 20, Swap = 1 } };
        OciResources memory = ContainerDemand.Merge(now, Memory(80 << 20));
        Assert.Equal((50_000, "0", 80 << 20), (memory.Cpu!.Quota!.Value, memory.Cpu.Cpus, memory.Memory!.Limit!.Value));
        OciResources quota = ContainerDemand.Merge(now, new OciResources { Cpu = new OciCpu { Quota = 70_000, Shares = 3 } });
        Assert.Equal((70_000, 100_000ul, "0", 64 << 20), (quota.Cpu!.Quota!.Value, quota.Cpu.Period!.Value, quota.Cpu.Cpus, quota.Memory!.Limit!.Value));
        Assert.Equal(now, ContainerDemand.Merge(now, new OciResources { Cpu = new OciCpu() }));
        Assert.Same(now, ContainerDemand.Merge(null, now));
    }

    private static DynamicSizing Size(IReadOnlyList<ContainerDemand> containers, double vcpus = 1) => DynamicSizing.Of(Configuration(vcpus), containers, Bounds, 128);

    private static double Sum(DynamicSizing sizing, string resource) =>
        sizing.Explain(sizing.Size.Vcpus, sizing.Size.MemoryMiB, sizing.Size, string.Empty).Where(term => term.Resource == resource).Sum(term => term.Amount);

    private static SandboxConfiguration Configuration(double vcpus) =>
        new(new SkerryConfig { Hypervisor = new HypervisorConfig { DefaultVcpus = vcpus, DefaultMemoryMiB = 256 } }, _ => "file");

    private static ContainerDemand Container(string id, OciResources? resources) => new(ContainerId.Parse(id), resources);

    private static OciResources Memory(long limit) => new() { Memory = new OciMemory { Limit = limit } };

    private static OciResources Cpus(string cpus) => new() { Cpu = new OciCpu { Cpus = cpus } };
}
