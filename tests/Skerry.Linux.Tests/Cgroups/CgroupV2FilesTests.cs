using Skerry.Core;
using Skerry.Linux.Cgroups;

namespace Skerry.Linux.Tests.Cgroups;

/// <summary>What is written and read, on a directory of plain files: the hierarchy of this machine may lack the controllers.</summary>
public sealed class CgroupV2FilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void EveryLimit_ReachesItsFile()
    {
        Files("memory.max", "memory.low", "memory.high", "memory.swap.max", "cpu.weight", "cpu.max", "cpuset.cpus", "cpuset.mems", "pids.max", "io.max", "io.weight", "hugetlb.2MB.max");
        Cgroup.Apply(new CgroupLimits
        {
            MemoryBytes = 64 << 20,
            SwapBytes = 96 << 20,
            ReservationBytes = 32 << 20,
            CpuShares = 512,
            CpuQuotaUs = 50000,
            CpuPeriodUs = 100000,
            Cpuset = "0-1",
            Mems = "0",
            PidsMax = 100,
            BlkioWeight = 500,
            IoThrottles = [new IoThrottle(8, 0, ReadBytesPerSecond: 1048576, WritesPerSecond: 10)],
            HugepageBytes = new Dictionary<string, ulong> { ["2MB"] = 4 << 20 },
            Unified = new Dictionary<string, string> { ["memory.high"] = "60000000" },
        });
        Assert.Equal("67108864", Text("memory.max"));
        Assert.Equal("33554432", Text("memory.swap.max"));
        Assert.Equal("33554432", Text("memory.low"));
        Assert.Equal("60000000", Text("memory.high"));
        Assert.Equal("59", Text("cpu.weight"));
        Assert.Equal("50000 100000", Text("cpu.max"));
        Assert.Equal("0-1", Text("cpuset.cpus"));
        Assert.Equal("0", Text("cpuset.mems"));
        Assert.Equal("100", Text("pids.max"));
        Assert.Equal("default 4950", Text("io.weight"));
        Assert.Equal("8:0 rbps=1048576 wiops=10", Text("io.max"));
        Assert.Equal("4194304", Text("hugetlb.2MB.max"));
    }

    [Fact]
    public void NoLimits_WriteNothing() => Cgroup.Apply(new CgroupLimits());

    [Fact]
    public void UnlimitedMemory_LiftsSwapToo()
    {
        Files("memory.max", "memory.swap.max", "pids.max");
        Cgroup.Apply(new CgroupLimits { MemoryBytes = -1, PidsMax = -1 });
        Assert.Equal("max", Text("memory.max"));
        Assert.Equal("max", Text("memory.swap.max"));
        Assert.Equal("max", Text("pids.max"));
    }

    [Fact]
    public void KernelWithoutSwapAccounting_TakesNoSwapButRefusesSome()
    {
        Files("memory.max");
        Cgroup.Apply(new CgroupLimits { MemoryBytes = 100, SwapBytes = 100 });
        Assert.Equal(Errno.ENOENT, Assert.Throws<SyscallException>(() => Cgroup.Apply(new CgroupLimits { MemoryBytes = 100, SwapBytes = 150 })).Errno);
    }

    [Fact]
    public void MissingController_ErrorNamesFileAndValue()
    {
        var error = Assert.Throws<SyscallException>(() => Cgroup.Apply(new CgroupLimits { PidsMax = 7 }));
        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Contains("\"7\" to", error.Message, StringComparison.Ordinal);
        Assert.Contains("pids.max", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../memory.max")]
    [InlineData("cgroup.procs")]
    [InlineData("")]
    public void UnifiedKey_CannotLeaveTheDirectoryOrTheControllers(string key) =>
        Assert.Equal(
            FailureKind.InvalidArgument,
            Assert.Throws<SkerryException>(() => Cgroup.Apply(new CgroupLimits { Unified = new Dictionary<string, string> { [key] = "1" } })).Kind);

    [Fact]
    public void Statistics_AreReadFromTheKernelsFormats()
    {
        Write("cpu.stat", "usage_usec 3000\nuser_usec 2000\nsystem_usec 1000\nnr_periods 5\nnr_throttled 2\nthrottled_usec 70\n");
        Write("memory.current", "1000\n");
        Write("memory.peak", "2000\n");
        Write("memory.max", "max\n");
        Write("memory.swap.current", "10\n");
        Write("memory.swap.max", "99\n");
        Write("memory.stat", "anon 1\nfile 700\nkernel 55\nslab 3\n");
        Write("memory.events", "low 0\nhigh 0\nmax 4\noom 1\noom_kill 1\n");
        Write("pids.current", "3\n");
        Write("pids.max", "max\n");
        Write("io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n7:1 \nnonsense\n");
        Write("hugetlb.2MB.current", "4194304\n");
        Write("hugetlb.2MB.events", "max 3\n");
        CgroupStatistics statistics = Cgroup.ReadStatistics();
        Assert.Equal((3000000UL, 2000000UL, 1000000UL), (statistics.Cpu.TotalNs, statistics.Cpu.UserNs, statistics.Cpu.KernelNs));
        Assert.Equal((5UL, 2UL, 70000UL), (statistics.Cpu.Periods, statistics.Cpu.ThrottledPeriods, statistics.Cpu.ThrottledNs));
        Assert.Equal(new MemoryCounter(1000, 2000, 4, ulong.MaxValue), statistics.Memory.Usage);
        Assert.Equal(new MemoryCounter(10, 0, 0, 99), statistics.Memory.Swap);
        Assert.Equal(55UL, statistics.Memory.Kernel.Bytes);
        Assert.Equal(700UL, statistics.Memory.CacheBytes);
        Assert.Equal(1UL, statistics.Memory.OomKills);
        Assert.Equal(4, statistics.Memory.Details.Count);
        Assert.Equal(new PidsStatistics(3, 0), statistics.Pids);
        Assert.Equal([new(8, 0, "Read", 1), new(8, 0, "Write", 2), new(8, 0, "Discard", 5)], statistics.IoServiceBytes);
        Assert.Equal([new(8, 0, "Read", 3), new(8, 0, "Write", 4), new(8, 0, "Discard", 6)], statistics.IoServiced);
        Assert.Equal(new HugetlbStatistics(4194304, 0, 3), statistics.Hugetlb["2MB"]);
    }

    [Fact]
    public void StatisticsOfAMissingCgroup_AreZero() =>
        Assert.Equal(0UL, new CgroupV2(_directory.Path + "/none").ReadStatistics().Memory.Usage.Bytes);

    [Fact]
    public async Task OomWatch_CountsFromBirthAndTellsEachRise()
    {
        Write("memory.events", "oom_kill 1\n");
        await using IAsyncEnumerator<ulong> watch = Cgroup.WatchOomKillsAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(1UL, watch.Current);
        ValueTask<bool> next = watch.MoveNextAsync();
        Write("memory.events", "oom_kill 4\n");
        Assert.True(await next);
        Assert.Equal(3UL, watch.Current);
    }

    [Fact]
    public async Task OomWatchOfAMissingCgroup_SaysSo() =>
        await Assert.ThrowsAsync<SyscallException>(async () =>
        {
            await foreach (ulong count in new CgroupV2(_directory.Path + "/none").WatchOomKillsAsync(TestContext.Current.CancellationToken))
            {
                Assert.Fail($"{count} kills of nothing");
            }
        });

    [Fact]
    public void DirectoryOutsideOfCgroups_IsRefused()
    {
        var plain = new CgroupV2(_directory.Path + "/plain");
        Assert.Equal(FailureKind.FailedPrecondition, Assert.Throws<SkerryException>(plain.Create).Kind);
        Assert.Equal(FailureKind.FailedPrecondition, Assert.Throws<SkerryException>(plain.KillAll).Kind);
    }

    [Fact]
    public void Confining_WritesLists_AndTakesThemBackWithAnEmptyLine()
    {
        Files("cpuset.cpus", "cpuset.mems");
        var cgroup = new HostCgroup([], Path.GetDirectoryName(_directory.Path), Path.GetFileName(_directory.Path));
        cgroup.Confine("0-1", "0");
        Assert.Equal(("0-1", "0"), (Text("cpuset.cpus"), Text("cpuset.mems")));
        cgroup.Confine("1", string.Empty);
        Assert.Equal(("1", "\n"), (File.ReadAllText($"{_directory.Path}/cpuset.cpus"), File.ReadAllText($"{_directory.Path}/cpuset.mems")));
    }

    [Fact]
    public void Confining_WithoutTheController_IsRefused_UnlessThereIsNothingToConfine()
    {
        var cgroup = new HostCgroup([], Path.GetDirectoryName(_directory.Path), Path.GetFileName(_directory.Path));
        cgroup.Confine(string.Empty, string.Empty);
        SyscallException error = Assert.Throws<SyscallException>(() => cgroup.Confine("0", string.Empty));
        Assert.Equal(Errno.ENOENT, error.Errno);
    }

    private CgroupV2 Cgroup => new(_directory.Path);

    private void Files(params string[] names) => Array.ForEach(names, name => Write(name, string.Empty));

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory.Path, name), text);

    private string Text(string name) => File.ReadAllText(Path.Combine(_directory.Path, name));
}
