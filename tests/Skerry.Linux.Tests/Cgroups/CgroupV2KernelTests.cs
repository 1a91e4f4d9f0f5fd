using Skerry.Core;
using Skerry.Linux.Cgroups;

namespace Skerry.Linux.Tests.Cgroups;

/// <summary>The unified hierarchy of this machine, where there is one.</summary>
public sealed class CgroupV2KernelTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CgroupV2 _top;
    private readonly CgroupV2 _cgroup;

    public CgroupV2KernelTests()
    {
        string? mountPoint = HostCgroups.Detect().UnifiedMountPoint;
        Assert.SkipUnless(Environment.IsPrivilegedProcess && mountPoint is not null, "needs root and a unified cgroup hierarchy");
        _top = new CgroupV2($"{mountPoint}/skerry-test-{Guid.NewGuid():N}");
        _cgroup = new CgroupV2(_top.Path + "/inner/leaf");
        _cgroup.Create();
    }

    public async ValueTask DisposeAsync()
    {
        _top.KillAll();
        await _top.RemoveAsync(Limit, CancellationToken.None);
        Assert.False(_top.Exists);
    }

    [Fact]
    public async Task FrozenProcess_StandsStillUntilThawed()
    {
        using var spinner = new SleepingProcess("while :; do :; done");
        _cgroup.AddProcess(spinner.Pid);
        spinner.Go();
        await _cgroup.FreezeAsync(TestContext.Current.CancellationToken);
        Assert.True(_cgroup.IsFrozen);
        ulong before = _cgroup.ReadStatistics().Cpu.TotalNs;
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(before, _cgroup.ReadStatistics().Cpu.TotalNs);
        await _cgroup.ThawAsync(TestContext.Current.CancellationToken);
        Assert.False(_cgroup.IsFrozen);
        while (_cgroup.ReadStatistics().Cpu.TotalNs == before)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task EmptyCgroup_FreezesAtOnce() => await _cgroup.FreezeAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task KillAll_EndsFrozenProcessesBeneathToo()
    {
        using var first = new SleepingProcess("sleep 1000 & sleep 1000 & wait");
        using var second = new SleepingProcess("exec sleep 1000");
        _cgroup.AddProcess(first.Pid);
        first.Go();
        var sibling = new CgroupV2(_top.Path + "/inner/other");
        sibling.Create();
        sibling.AddProcess(second.Pid);
        second.Go();
        Assert.Contains(second.Pid, _top.Processes);
        while (_cgroup.Processes.Count < 3)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await _top.FreezeAsync(TestContext.Current.CancellationToken);
        _top.KillAll();
        Assert.Equal(128 + 9, await first.WaitAsync());
        Assert.Equal(128 + 9, await second.WaitAsync());
        await _top.WaitEmptyAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_top.Processes);
    }

    [Fact]
    public async Task RemovalWhileAProcessRuns_TimesOutNamingIt()
    {
        using var process = new SleepingProcess("exec sleep 1000");
        _cgroup.AddProcess(process.Pid);
        process.Go();
        var error = await Assert.ThrowsAsync<SkerryException>(() => _top.RemoveAsync(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.TimedOut, error.Kind);
        Assert.Contains(process.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removal_WaitsForTheLastProcess()
    {
        using var process = new SleepingProcess("exec sleep 0.2");
        _cgroup.AddProcess(process.Pid);
        process.Go();
        await _top.RemoveAsync(Limit, TestContext.Current.CancellationToken);
        Assert.False(_top.Exists);
        await _top.RemoveAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task RemovalByTwoAtOnce_SucceedsForBoth()
    {
        using var process = new SleepingProcess("exec sleep 0.1");
        _cgroup.AddProcess(process.Pid);
        process.Go();
        var again = new CgroupV2(_top.Path);
        await Task.WhenAll(
            Task.Run(() => _top.RemoveAsync(Limit, CancellationToken.None), TestContext.Current.CancellationToken),
            Task.Run(() => again.RemoveAsync(Limit, CancellationToken.None), TestContext.Current.CancellationToken));
        Assert.False(_top.Exists);
    }

    [Fact]
    public void RootOfTheHierarchy_IsNeverKilled()
    {
        var root = new CgroupV2(HostCgroups.Detect().UnifiedMountPoint!);
        Assert.Equal(FailureKind.FailedPrecondition, Assert.Throws<SkerryException>(root.KillAll).Kind);
    }

    [Fact]
    public void ControllersOfTheHierarchy_AreLentDownToTheLeaf()
    {
        string available = File.ReadAllText(HostCgroups.Detect().UnifiedMountPoint + "/cgroup.controllers").Trim();
        Assert.Equal(available, File.ReadAllText(_cgroup.Path + "/cgroup.controllers").Trim());
    }

    [Fact]
    public void ProcessThatIsGone_IsNotAdded() =>
        Assert.Equal(Errno.ESRCH, Assert.Throws<SyscallException>(() => _cgroup.AddProcess(int.MaxValue)).Errno);
}
