using System.Diagnostics;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary><c>ctr tasks</c> against a running container: every method of the task service as containerd calls it.</summary>
public sealed class ContainerdTaskTests(ContainerdFixture fixture) : IClassFixture<ContainerdFixture>
{
    [Fact]
    public async Task Exec_RunsBesideTheInitProcess_WithItsOwnExitCode()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using var container = await RunningContainer.StartAsync(host, "exec");
        ToolResult result = await host.CtrAsync("tasks", "exec", "--exec-id", "e1", "--cwd", "/etc", "exec", "sh", "-c", "pwd; cat /proc/1/cmdline | tr '\\0' ' '; exit 4");
        Assert.Equal(("/etc\nsleep 1000 ", 4), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task ExecIntoAFinishedContainer_IsRefusedInRuncsWords()
    {
        ContainerdHost host = await fixture.HostAsync();
        await host.StartContainerAsync(ContainerdHost.SkerryRuntime, "finished", [], "true");
        await Eventually.TrueAsync(async () => await host.TaskStatusAsync("finished") == "STOPPED", "the task has stopped");
        ToolResult result = await host.CtrAsync("tasks", "exec", "--exec-id", "late", "finished", "true");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("stopped", result.Error);
        (await host.CtrAsync("tasks", "delete", "finished")).Ok();
        (await host.CtrAsync("containers", "delete", "finished")).Ok();
    }

    [Fact]
    public async Task Kill_WithASignalTheProcessHandles_LetsItEndInItsOwnWay()
    {
        ContainerdHost host = await fixture.HostAsync();
        using Process run = host.StartCtr(
            "run", "--rm", "--runtime", ContainerdHost.SkerryRuntime, BusyboxImage.Name, "trap", "sh", "-c", "trap 'echo got it; exit 11' TERM; echo ready; while :; do sleep 0.1; done");
        Assert.Equal("ready", await run.StandardOutput.ReadLineAsync());
        (await host.CtrAsync("tasks", "kill", "-s", "TERM", "trap")).Ok();
        Assert.Equal("got it", await run.StandardOutput.ReadLineAsync());
        await run.WaitForExitAsync();
        Assert.Equal(11, run.ExitCode);
    }

    [Fact]
    public async Task PauseAndResume_StopAndContinueTheProcesses()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using var container = await RunningContainer.StartAsync(host, "pause");
        (await host.CtrAsync("tasks", "pause", "pause")).Ok();
        Assert.Equal("PAUSED", await host.TaskStatusAsync("pause"));
        (await host.CtrAsync("tasks", "resume", "pause")).Ok();
        Assert.Equal("RUNNING", await host.TaskStatusAsync("pause"));
    }

    [Fact]
    public async Task Metrics_NameMemoryAndProcesses()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using var container = await RunningContainer.StartAsync(host, "metrics");
        ToolResult metrics = (await host.CtrAsync("tasks", "metrics", "metrics")).Ok();
        Assert.Contains("memory", metrics.Output);
        Assert.Contains("cpu", metrics.Output);
    }

    [Fact]
    public async Task Processes_AreListedByTheVmmsPid()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using var container = await RunningContainer.StartAsync(host, "ps");
        ToolResult list = (await host.CtrAsync("tasks", "ps", "ps")).Ok();
        string pid = list.Output.Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        Assert.Contains("qemu", await File.ReadAllTextAsync($"/proc/{pid}/cmdline"));
    }

    [Fact]
    public async Task MemoryLimit_IsTheContainersCgroupLimitInTheGuest()
    {
        ContainerdHost host = await fixture.HostAsync();
        ToolResult result = await host.RunAsync(
            ContainerdHost.SkerryRuntime, "limit", ["--memory-limit", "67108864", "--mount", "type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro"], "cat", "/sys/fs/cgroup/memory.max");
        Assert.Equal("67108864", result.Ok().Output.Trim());
    }

    [Fact]
    public async Task ABindMount_IsSeenInTheGuest()
    {
        ContainerdHost host = await fixture.HostAsync();
        string directory = Directory.CreateTempSubdirectory("sky-mount-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(directory, "file"), "content\n");
            ToolResult result = await host.RunAsync(
                ContainerdHost.SkerryRuntime, "mount", ["--mount", $"type=bind,src={directory},dst=/data,options=rbind:ro"], "sh", "-c", "cat /data/file; touch /data/x 2>/dev/null || echo refused");
            Assert.Equal("content\nrefused\n", result.Ok().Output);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task ATerminal_IsATerminalInTheGuest()
    {
        ContainerdHost host = await fixture.HostAsync();
        string command = $"ctr -a {host.Address} -n test run --rm -t --runtime {ContainerdHost.SkerryRuntime} {BusyboxImage.Name} tty sh -c 'test -t 0 && echo is-a-tty; stty size; exit 8'";
        ToolResult result = await Tool.RunAsync("script", ["-qec", $"stty rows 20 cols 77; {command}", "/dev/null"], host.EnvironmentVariables);
        Assert.Contains("is-a-tty", result.Output);
        Assert.Contains("20 77", result.Output);
        Assert.Equal(8, result.ExitCode);
    }

    [Fact]
    public async Task Attach_TakesOverTheOutput()
    {
        ContainerdHost host = await fixture.HostAsync();
        string fifoDirectory = Directory.CreateTempSubdirectory("sky-attach-").FullName;
        try
        {
            await host.StartContainerAsync(ContainerdHost.SkerryRuntime, "attach", ["--fifo-dir", fifoDirectory], "sh", "-c", "while :; do echo tick; sleep 0.2; done");
            using Process attach = host.StartCtr("tasks", "attach", "attach");
            Assert.Equal("tick", await attach.StandardOutput.ReadLineAsync().WaitAsync(Tool.DefaultLimit));
            attach.Kill();
            await host.CtrAsync("tasks", "delete", "-f", "attach");
            await host.CtrAsync("containers", "delete", "attach");
        }
        finally
        {
            Directory.Delete(fifoDirectory, recursive: true);
        }
    }

    [Fact]
    public async Task ADaemonThatHoldsTheOutput_DoesNotHoldTheEndOfItsExec()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using var container = await RunningContainer.StartAsync(host, "daemon");
        var clock = Stopwatch.StartNew();
        ToolResult result = await host.CtrAsync("tasks", "exec", "--exec-id", "d1", "daemon", "sh", "-c", "sleep 600 & echo done");
        Assert.Equal("done", result.Ok().Output.Trim());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"exec held for {clock.Elapsed}");
    }

    [Fact]
    public async Task OutputLargerThanAnyBuffer_ArrivesWhole()
    {
        ContainerdHost host = await fixture.HostAsync();
        ToolResult result = await host.RunAsync(ContainerdHost.SkerryRuntime, "large", [], "sh", "-c", "head -c 20000000 /dev/zero | tr '\\0' a");
        Assert.Equal(20_000_000, result.Ok().Output.Length);
    }
}
