using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Cgroups;
using Skerry.Sandbox.Tests.Engine;

namespace Skerry.Sandbox.Tests.Resources;

/// <summary>Who is in which cgroup, in the hierarchies of this machine. A sleeping process stands for the shim.</summary>
public sealed class SandboxCgroupTests : IAsyncDisposable
{
    private readonly SpawnedProcess _shim = Spawn("/bin/sleep", "1000");
    private readonly SandboxId _id = SandboxId.Parse($"test-{Guid.NewGuid():N}");
    private readonly RecordedLog _log = new();

    private string Place => File.ReadAllText($"/proc/{_shim.Pid}/cgroup");

    [Fact]
    public async Task ByDefault_TheShimAndWhatItStartsIsInThePodsCgroup()
    {
        RequireCgroups();
        string before = Place;
        SandboxCgroup cgroup = Create(HostCgroups.Detect(), sandboxOnly: true);
        Assert.All(Place.TrimEnd().Split('\n'), line => Assert.EndsWith($"/{_id}/pod", line, StringComparison.Ordinal));
        Assert.Empty(cgroup.MachineProcsFiles);
        Assert.False(cgroup.SeparatesVcpus);
        await cgroup.RemoveAsync();
        Assert.Equal(before, Place);
        Assert.False(_shim.PidFd.HasExited);
        AssertGone(cgroup);
    }

    [Fact]
    public async Task OnVersion1_TheOverheadIsApart_AndThreadsGoToThePod()
    {
        RequireCgroups();
        Assert.SkipUnless(HostCgroups.Detect().SplitsThreads, "no hierarchy of version 1");
        string before = Place;
        SandboxCgroup cgroup = Create(HostCgroups.Detect(), sandboxOnly: false);
        Assert.All(Place.TrimEnd().Split('\n'), line => Assert.EndsWith($"/skerry_overhead/{_id}", line, StringComparison.Ordinal));
        Assert.True(cgroup.SeparatesVcpus);
        Assert.Empty(cgroup.MachineProcsFiles);
        cgroup.PlaceVcpus([_shim.Pid, int.MaxValue]);
        string[] placed = File.ReadAllLines($"/proc/{_shim.Pid}/task/{_shim.Pid}/cgroup");
        Assert.Contains(placed, line => line.Contains(":cpu", StringComparison.Ordinal) && line.EndsWith($"/{_id}/pod", StringComparison.Ordinal));
        Assert.DoesNotContain(placed, line => line.Contains(":memory", StringComparison.Ordinal) && line.EndsWith($"/{_id}/pod", StringComparison.Ordinal));
        await cgroup.RemoveAsync();
        Assert.Equal(before, Place);
        AssertGone(cgroup);
    }

    [Fact]
    public async Task OnVersion2_TheVmmGoesToThePod_AndTheRestIsApart()
    {
        HostCgroups unified = Unified();
        SandboxCgroup cgroup = Create(unified, sandboxOnly: false);
        Assert.False(cgroup.SeparatesVcpus);
        Assert.Equal([$"{unified.UnifiedMountPoint}/{_id}/pod/cgroup.procs"], cgroup.MachineProcsFiles);
        Assert.EndsWith($"0::/skerry_overhead/{_id}\n", Place, StringComparison.Ordinal);
        await cgroup.RemoveAsync();
        AssertGone(cgroup);
        Assert.False(Directory.Exists($"{unified.UnifiedMountPoint}/{_id}"));
    }

    [Fact]
    public async Task AStrangerInTheCgroup_IsKilled_AndAChildOfTheShimIsNot()
    {
        RequireCgroups();
        using SpawnedProcess stranger = Spawn("/bin/sleep", "1000");
        using SpawnedProcess parent = Spawn("/bin/sh", "-c", "sleep 1000 & wait");
        string children = $"/proc/{parent.Pid}/task/{parent.Pid}/children";
        while (File.ReadAllText(children).Length == 0)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        int child = int.Parse(File.ReadAllText(children), System.Globalization.CultureInfo.InvariantCulture);
        SandboxCgroup cgroup = SandboxCgroup.TryCreate(HostCgroups.Detect(), parent.Pid, Request(sandboxOnly: true), _log)!;
        HostCgroups.Detect().At($"{_id}/pod").AddProcess(stranger.Pid);
        HostCgroups.Detect().At($"{_id}/pod").AddProcess(child);
        await cgroup.RemoveAsync();
        Assert.Equal(9, (await stranger.WaitAsync(TestContext.Current.CancellationToken)).Signal);
        Assert.True(Directory.Exists($"/proc/{child}"));
        using PidFd left = PidFd.TryOpen(child, out _)!;
        left.SendSignal(Signals.SIGKILL);
        await parent.WaitAsync(TestContext.Current.CancellationToken);
        AssertGone(cgroup);
    }

    [Fact]
    public void ProcessorsThatTheHostDoesNotHave_AreRefused_AndNothingIsLeft()
    {
        RequireCgroups();
        string before = Place;
        Assert.SkipUnless(Directory.Exists("/sys/fs/cgroup/cpuset"), "no cpuset controller of version 1");
        SkerryException error = Assert.Throws<SkerryException>(
            () => SandboxCgroup.TryCreate(HostCgroups.Detect(), _shim.Pid, Request(sandboxOnly: true) with { Processors = "4000" }, _log));
        Assert.Contains("processors \"4000\"", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{Environment.ProcessorCount} processors", error.Hint, StringComparison.Ordinal);
        Assert.Equal(before, Place);
        Assert.Empty(HostCgroups.Detect().At(_id.Value).Directories);
    }

    [Fact]
    public async Task ProcessorsOfTheHost_AreTheCgroups()
    {
        RequireCgroups();
        Assert.SkipUnless(Directory.Exists("/sys/fs/cgroup/cpuset"), "no cpuset controller of version 1");
        SandboxCgroup cgroup = SandboxCgroup.TryCreate(HostCgroups.Detect(), _shim.Pid, Request(sandboxOnly: true) with { Processors = "0" }, _log)!;
        Assert.Equal("0\n", await File.ReadAllTextAsync($"/sys/fs/cgroup/cpuset/{_id}/pod/cpuset.cpus", TestContext.Current.CancellationToken));
        await cgroup.RemoveAsync();
    }

    [Fact]
    public async Task ProcessorsOfItsContainers_BindIt_UntilItIsGivenBackItsOwn()
    {
        RequireCgroups();
        Assert.SkipUnless(Directory.Exists("/sys/fs/cgroup/cpuset"), "no cpuset controller of version 1");
        string Confined() => File.ReadAllText($"/sys/fs/cgroup/cpuset/{_id}/pod/cpuset.cpus").Trim() + "/" + File.ReadAllText($"/sys/fs/cgroup/cpuset/{_id}/pod/cpuset.mems").Trim();
        SandboxCgroup cgroup = SandboxCgroup.TryCreate(HostCgroups.Detect(), _shim.Pid, Request(sandboxOnly: true), _log)!;
        string whole = Confined();
        cgroup.Confine("0", "0");
        Assert.Equal("0/0", Confined());
        SkerryException error = Assert.Throws<SkerryException>(() => cgroup.Confine("4000", string.Empty));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("processors \"4000\"", error.Message, StringComparison.Ordinal);
        cgroup.Confine(string.Empty, string.Empty);
        Assert.Equal(whole, Confined());
        await cgroup.RemoveAsync();
    }

    [Fact]
    public void AHostWithoutCgroups_IsAWarning()
    {
        Assert.Null(SandboxCgroup.TryCreate(HostCgroups.FromMounts([]), _shim.Pid, Request(sandboxOnly: true), _log));
        Assert.Contains(_log.Lines, line => line.Contains("make its cgroup", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _shim.PidFd.SendSignal(Signals.SIGKILL);
        await _shim.WaitAsync(CancellationToken.None);
        _shim.Dispose();
    }

    private static SpawnedProcess Spawn(string path, params string[] arguments) => Spawner.Spawn(new SpawnRequest { Path = path, Args = [path, .. arguments] });

    private static void RequireCgroups() => Assert.SkipUnless(Environment.IsPrivilegedProcess && HostCgroups.Detect().Mode != CgroupMode.None, "needs root and cgroups");

    /// <summary>A host with nothing but the unified hierarchy, which a hybrid host has too.</summary>
    private static HostCgroups Unified()
    {
        RequireCgroups();
        HostCgroups unified = HostCgroups.FromMounts(MountTable.Read().Where(mount => mount.Type == "cgroup2"));
        Assert.SkipUnless(unified.Mode == CgroupMode.V2, "no unified hierarchy");
        return unified;
    }

    private static void AssertGone(SandboxCgroup cgroup)
    {
        Assert.NotEmpty(cgroup.Directories);
        Assert.DoesNotContain(cgroup.Directories, Directory.Exists);
    }

    private CgroupRequest Request(bool sandboxOnly) => new(_id, $"/{_id}/pod", sandboxOnly);

    private SandboxCgroup Create(HostCgroups host, bool sandboxOnly) => SandboxCgroup.TryCreate(host, _shim.Pid, Request(sandboxOnly), _log)!;
}
