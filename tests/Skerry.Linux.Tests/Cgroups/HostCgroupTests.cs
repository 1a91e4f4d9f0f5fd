using Skerry.Core;
using Skerry.Linux.Cgroups;

namespace Skerry.Linux.Tests.Cgroups;

public sealed class HostCgroupTests
{
    private const string V1Mounts = """
        31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
        33 31 0:30 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        34 31 0:31 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,release_agent=/x,name=systemd
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void MountTable_TellsTheMode()
    {
        const string Unified = "\n41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw";
        Assert.Equal(CgroupMode.V1, Mode(V1Mounts));
        Assert.Equal(CgroupMode.Hybrid, Mode(V1Mounts + Unified));
        Assert.Equal(CgroupMode.V2, Mode("41 31 0:38 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"));
        Assert.Equal(CgroupMode.V2, Mode(V1Mounts.Split('\n')[3] + Unified));
        Assert.Equal(CgroupMode.None, Mode("23 1 0:20 / /sys rw - sysfs sysfs rw"));

        static CgroupMode Mode(string text) => HostCgroups.FromMounts(MountTable.Parse(text)).Mode;
    }

    [Fact]
    public async Task Process_EntersEveryHierarchyAndAllIsGoneAfterwards()
    {
        await using var scope = TestCgroup.Create();
        using var process = new SleepingProcess("while :; do :; done");
        scope.Cgroup.AddProcess(process.Pid);
        process.Go();
        Assert.NotEmpty(scope.Cgroup.Directories);
        string membership = await File.ReadAllTextAsync($"/proc/{process.Pid}/cgroup", TestContext.Current.CancellationToken);
        Assert.Equal(scope.Cgroup.Directories.Count, membership.Split('\n').Count(line => line.EndsWith(scope.Cgroup.RelativePath, StringComparison.Ordinal)));
        Assert.Equal([process.Pid], scope.Cgroup.Processes);
        while (scope.Cgroup.CpuNs < 1_000_000)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.True(scope.Cgroup.MemoryBytes > 0);
        scope.Cgroup.KillAll();
        Assert.Equal(128 + 9, await process.WaitAsync());
        await scope.Cgroup.RemoveAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Empty(scope.Cgroup.Directories);
        Assert.Empty(scope.Parents());
    }

    [Fact]
    public async Task Limits_ReachTheKernelAndCanBeRaisedAndLowered()
    {
        await using var scope = TestCgroup.Create();
        string? memory = scope.V1("memory");
        Assert.SkipWhen(memory is null, "no v1 memory controller");
        long[] sizes = [64 << 20, 256 << 20, 32 << 20];
        foreach (long size in sizes)
        {
            scope.Cgroup.Apply(new CgroupLimits { MemoryBytes = size, SwapBytes = size, CpuShares = 512, CpuQuotaUs = 50000, CpuPeriodUs = 100000, PidsMax = 50, Cpuset = "0" });
            Assert.Equal(size, Number(memory + "/memory.limit_in_bytes"));
            Assert.Equal(size, Number(memory + "/memory.memsw.limit_in_bytes"));
        }

        Assert.Equal(512, Number(scope.V1("cpu") + "/cpu.shares"));
        Assert.Equal(50000, Number(scope.V1("cpu") + "/cpu.cfs_quota_us"));
        Assert.Equal(50, Number(scope.V1("pids") + "/pids.max"));
        Assert.Equal(0, Number(scope.V1("cpuset") + "/cpuset.cpus"));
        scope.Cgroup.Apply(new CgroupLimits { MemoryBytes = -1, CpuQuotaUs = -1 });
        Assert.Equal(-1, Number(scope.V1("cpu") + "/cpu.cfs_quota_us"));
    }

    [Fact]
    public async Task ProcessBeyondItsMemory_IsKilledAndCounted()
    {
        await using var scope = TestCgroup.Create();
        Assert.SkipUnless(scope.V1("memory") is not null || HostCgroups.Detect().Mode == CgroupMode.V2, "no memory controller");
        scope.Cgroup.Apply(new CgroupLimits { MemoryBytes = 20 << 20, SwapBytes = 20 << 20 });
        Assert.Equal(0UL, scope.Cgroup.OomKills);
        using var eater = new SleepingProcess(string.Concat(scope.Cgroup.ProcsFiles.Select(file => $"echo 0 > {file}; ")) + "exec tail /dev/zero").Go();
        Assert.Equal(128 + 9, await eater.WaitAsync());
        Assert.True(scope.Cgroup.OomKills >= 1);
    }

    [Fact]
    public async Task RemovalWhileAProcessRuns_TimesOutNamingIt()
    {
        await using var scope = TestCgroup.Create();
        using var process = new SleepingProcess("exec sleep 1000");
        scope.Cgroup.AddProcess(process.Pid);
        process.Go();
        var error = await Assert.ThrowsAsync<SkerryException>(() => scope.Cgroup.RemoveAsync(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.TimedOut, error.Kind);
        scope.Cgroup.KillAll();
        await process.WaitAsync();
    }

    [Fact]
    public async Task ProcessThatIsGone_IsNotAdded()
    {
        await using var scope = TestCgroup.Create();
        Assert.Equal(Errno.ESRCH, Assert.Throws<SyscallException>(() => scope.Cgroup.AddProcess(int.MaxValue)).Errno);
    }

    [Fact]
    public void HostWithoutHierarchies_SaysWhatIsMissing()
    {
        HostCgroups none = HostCgroups.FromMounts([]);
        Assert.Equal(FailureKind.HostDenied, Assert.Throws<SkerryException>(() => none.Create("skerry/x")).Kind);
        Assert.Equal(0UL, none.At("skerry/x").CpuNs);
    }

    [Fact]
    public async Task Thread_EntersTheHierarchiesOfVersion1_WithoutItsProcess_AndNotThatOfMemory()
    {
        Assert.SkipUnless(HostCgroups.Detect().SplitsThreads, "no hierarchy of version 1");
        await using var scope = TestCgroup.Create();
        using var running = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        int tid = 0;
        var thread = new Thread(() =>
        {
            tid = int.Parse(Path.GetFileName(new FileInfo("/proc/thread-self").LinkTarget!), System.Globalization.CultureInfo.InvariantCulture);
            running.Set();
            done.Wait();
        });
        thread.Start();
        running.Wait(TestContext.Current.CancellationToken);
        scope.Cgroup.AddThread(tid);
        string[] moved = Lines($"/proc/self/task/{tid}/cgroup");
        string[] process = Lines("/proc/self/cgroup");
        done.Set();
        thread.Join();
        Assert.Contains(moved, line => line.EndsWith(scope.Cgroup.RelativePath, StringComparison.Ordinal) && line.Contains(":cpu", StringComparison.Ordinal));
        Assert.DoesNotContain(moved, line => line.EndsWith(scope.Cgroup.RelativePath, StringComparison.Ordinal) && line.Contains(":memory", StringComparison.Ordinal));
        Assert.DoesNotContain(process, line => line.EndsWith(scope.Cgroup.RelativePath, StringComparison.Ordinal));
        Assert.Equal(Errno.ESRCH, Assert.Throws<SyscallException>(() => scope.Cgroup.AddThread(int.MaxValue)).Errno);

        static string[] Lines(string file) => File.ReadAllLines(file);
    }

    [Fact]
    public async Task Process_IsPutBackWhereItWas()
    {
        await using var scope = TestCgroup.Create();
        using var process = new SleepingProcess("exec sleep 1000");
        string before = await File.ReadAllTextAsync($"/proc/{process.Pid}/cgroup", TestContext.Current.CancellationToken);
        CgroupPlace place = HostCgroups.Detect().PlaceOf(process.Pid);
        scope.Cgroup.AddProcess(process.Pid);
        Assert.NotEqual(before, await File.ReadAllTextAsync($"/proc/{process.Pid}/cgroup", TestContext.Current.CancellationToken));
        place.TakeBack(process.Pid);
        Assert.Equal(before, await File.ReadAllTextAsync($"/proc/{process.Pid}/cgroup", TestContext.Current.CancellationToken));
    }

    [Fact]
    public void PlaceThatIsGone_IsTheRootOfItsHierarchy()
    {
        using var directory = new TemporaryDirectory();
        string mount = directory["cpu"];
        Directory.CreateDirectory(mount);
        File.WriteAllText(Path.Combine(mount, "cgroup.procs"), string.Empty);
        CgroupPlace.Parse("3:cpuacct,cpu:/gone\n2:rdma:/x\n0::/y\n", [new CgroupHierarchy(mount, ["cpu", "cpuacct"])], unified: null).TakeBack(42);
        Assert.Equal("42", File.ReadAllText(Path.Combine(mount, "cgroup.procs")));
    }

    [Fact]
    public async Task RemovalOfNothing_IsFine() =>
        await HostCgroups.Detect().At("skerry-test-none/x").RemoveAsync(Limit, TestContext.Current.CancellationToken);

    private static long Number(string file) => long.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture);

    private sealed class TestCgroup(HostCgroup cgroup) : IAsyncDisposable
    {
        internal HostCgroup Cgroup { get; } = cgroup;

        internal static TestCgroup Create()
        {
            Assert.SkipUnless(Environment.IsPrivilegedProcess && HostCgroups.Detect().Mode != CgroupMode.None, "needs root and cgroups");
            return new TestCgroup(HostCgroups.Detect().Create($"skerry-test-{Guid.NewGuid():N}/sandbox"));
        }

        internal string? V1(string controller) => Cgroup.Directories.FirstOrDefault(d => d.StartsWith($"/sys/fs/cgroup/{controller}/", StringComparison.Ordinal));

        internal IEnumerable<string> Parents() =>
            MountTable.Read().Where(m => m.Type.StartsWith("cgroup", StringComparison.Ordinal)).Select(m => $"{m.Target}/{Cgroup.RelativePath.Split('/')[0]}").Where(Directory.Exists);

        public async ValueTask DisposeAsync()
        {
            Cgroup.KillAll();
            await Cgroup.RemoveAsync(Limit, CancellationToken.None);
            Assert.Empty(Parents());
        }
    }
}
