using System.Globalization;
using Skerry.SystemTests.Cri;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>What goes wrong under a pod: CRI says so, the pod can be removed, nothing is left. And many pods at once.</summary>
public sealed class CriFaultTests(CriFixture fixture) : IClassFixture<CriFixture>
{
    private const int AtOnce = 20;
    private const long Room = 16 * 1024 * 1024;
    private const int LogRoomKiB = 16;

    [Fact]
    public async Task TheMachineKilled_EndsThePodAndItsContainers()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("vmm-killed");
        PodContainer container = await pod.StartAsync("main", ["sleep", "1000"]);
        HostProcesses.Kill(HostProcesses.Find("qemu-system", pod.Id));
        await CheckLostAsync(pod, container);
    }

    [Fact]
    public async Task TheAgentKilled_EndsThePodAndItsContainers()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("agent-killed", config => config.Linux.SecurityContext.Privileged = true);
        PodContainer container = await pod.StartAsync("main", ["sh", "-c", "sleep 1000"], config =>
        {
            config.Linux.SecurityContext.Privileged = true;
            config.Linux.Resources.MemoryLimitInBytes = 32 << 20;
        });

        // The guest's kernel ends with its process 1, the agent, and process 1 of the guest dies of nothing else.
        Task exec = container.ExecAsync("sh", "-c", "echo 2 >/proc/sys/vm/panic_on_oom; exec tail /dev/zero");
        await CheckLostAsync(pod, container);
        await exec.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Theory]
    [InlineData(CriHost.FailingNetwork, "network-fails", "plugin type=\"bridge\" failed", "\"lo\" already exists but is not a bridge")]
    [InlineData(CriHost.NoInterface, "no-interface", "failed to find network info for sandbox", "")]
    [InlineData(CriHost.Twins, "twins", "\"eth0\" and \"eth1\" of the pod's network namespace have the same Ethernet address", CriHost.TwinsMac)]
    public async Task ANetworkThatCannotBe_FailsThePod_AndLeavesNothing(string handler, string name, params string[] words)
    {
        CriHost host = await fixture.HostAsync();
        CriException error = await Assert.ThrowsAsync<CriException>(() => host.RunPodAsync(name, handler: handler));
        Assert.All(words, word => Assert.Contains(word, error.Message));
        await host.RemovedAsync(name);
    }

    [Fact]
    public async Task TheNamespaceDeletedUnderAPod_LeavesItRunning_AndThePodCanBeRemoved()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("no-netns");
        PodContainer container = await pod.StartAsync("main", ["sh", "-c", "sleep 1000"]);
        string path = System.Text.Json.JsonDocument.Parse((await pod.StatusAsync()).Info["info"]).RootElement.GetProperty("runtimeSpec").GetProperty("linux")
            .GetProperty("namespaces").EnumerateArray().Single(space => space.GetProperty("type").GetString() == "network").GetProperty("path").GetString()!;
        (await Tool.RunAsync("umount", ["-l", path])).Ok();
        File.Delete(path);
        Assert.Equal("alive", await container.ShellAsync("echo alive"));
        Assert.Equal(SandboxState.SandboxReady, (await pod.StatusAsync()).Status.State);
        await container.StopAsync();
        Assert.Equal(137, (await container.ExitedAsync()).ExitCode);
        await container.RemoveAsync();
        await pod.RemoveAsync();
    }

    [Fact]
    public async Task AFullDiskUnderTheLogs_CostsTheLogOnly()
    {
        CriHost host = await fixture.HostAsync();
        string logs = Directory.CreateDirectory(Path.Combine(host.VolumeDirectory, "log-no-space")).FullName;
        (await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={LogRoomKiB}k", "tmpfs", logs])).Ok();
        try
        {
            await using Pod pod = await host.RunPodAsync("no-space");
            PodContainer talker = await pod.StartAsync("talker", ["sh", "-c", "n=0; while [ $n -lt 3000 ]; do n=$((n+1)); echo line $n; done; exit 3"]);
            ContainerStatus ended = await talker.ExitedAsync();
            Assert.Equal((3, "Error"), (ended.ExitCode, ended.Reason));
            Assert.InRange(new FileInfo(talker.LogPath).Length, 1, LogRoomKiB * 1024);
            Assert.StartsWith("line 1\n", talker.Log());
            PodContainer other = await pod.StartAsync("other", ["sh", "-c", "sleep 1000"]);
            Assert.Equal("alive", await other.ShellAsync("echo alive"));
            await other.StopAsync();
            await other.RemoveAsync();
            await talker.RemoveAsync();
            await pod.RemoveAsync();
        }
        finally
        {
            (await Tool.RunAsync("umount", ["-l", logs])).Ok();
        }
    }

    [Fact]
    public async Task ContainerdKilledBetweenPodAndContainer_FindsThePodAgain()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("manager-killed");
        await host.KillDaemonAsync();
        await host.StartDaemonAsync();
        Assert.Equal("works\n", await pod.RunAsync("main", ["echo", "works"]));
    }

    [Fact]
    public async Task AProgramThatDoesNotExist_IsRefused_AndTheContainerCanBeRemoved()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("bad-program");
        PodContainer container = await pod.CreateAsync("main", ["/no/such/program"]);
        CriException error = await Assert.ThrowsAsync<CriException>(container.StartAsync);
        Assert.Contains("/no/such/program", error.Message);
        ContainerStatus status = await container.StatusAsync();
        Assert.Equal((ContainerState.ContainerExited, "StartError"), (status.State, status.Reason));
        await container.RemoveAsync();
        Assert.Equal("works\n", await pod.RunAsync("main", ["echo", "works"]));
    }

    [Fact]
    public async Task TheVmmKilledForItsMemory_IsToldApartFromAContainersLack()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("host-memory");
        PodContainer container = await pod.StartAsync("main", ["sh", "-c", "sleep 1000"]);
        string cgroup = Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(hierarchy => hierarchy + pod.Config.Linux.CgroupParent)
            .First(directory => File.Exists(Path.Combine(directory, "memory.limit_in_bytes")) || File.Exists(Path.Combine(directory, "memory.max")));
        bool unified = File.Exists(Path.Combine(cgroup, "memory.max"));
        long used = long.Parse(await File.ReadAllTextAsync(Path.Combine(cgroup, unified ? "memory.current" : "memory.usage_in_bytes")), CultureInfo.InvariantCulture);
        string limit = (used + Room).ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(Path.Combine(cgroup, unified ? "memory.max" : "memory.limit_in_bytes"), limit);

        // The guest has memory left, and takes it: the host does not.
        Task exec = container.ExecAsync("sh", "-c", "head -c 120000000 /dev/zero | tail | wc -c");
        await CheckLostAsync(pod, container);
        await exec.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.Contains("the VMM was killed because the host's memory", await host.DaemonLogAsync());
    }

    [Fact]
    public async Task ManyPodsAtOnce_AllRun_AndLeaveNothing()
    {
        CriHost host = await fixture.HostAsync();
        Pod[] pods = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(number => host.RunPodAsync($"many-{number}")));
        string[] outputs = await Task.WhenAll(pods.Select(pod => pod.RunAsync("main", ["hostname"])));
        Assert.Equal(pods.Select(pod => pod.Config.Hostname + "\n"), outputs);
        await Task.WhenAll(pods.Select(pod => pod.RemoveAsync()));
    }

    private static async Task CheckLostAsync(Pod pod, PodContainer container)
    {
        ContainerStatus ended = await container.ExitedAsync();
        Assert.NotEqual(0, ended.ExitCode);
        await Eventually.TrueAsync(
            async () => (await pod.StatusAsync()).Status.State == SandboxState.SandboxNotready, "the pod is not ready any more", TimeSpan.FromSeconds(120));
        await container.RemoveAsync();
        await pod.RemoveAsync();
    }
}
