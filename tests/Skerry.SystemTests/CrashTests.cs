using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>
/// SIGKILL of each process at each state: the task is reported as ended, all is cleaned up, and the next run works.
/// </summary>
public sealed class CrashTests(ContainerdFixture fixture) : IClassFixture<ContainerdFixture>
{
    /// <summary>What containerd says of a killed shim, and the shim of a killed machine.</summary>
    private static readonly int[] KilledCodes = [137, 255];

    public enum Victim
    {
        Vmm,
        Shim,
        FileDaemon,
    }

    public enum Moment
    {
        Running,
        Paused,
        DuringExec,
        WhileWriting,
    }

    public static TheoryData<Victim, Moment> Points
    {
        get
        {
            var points = new TheoryData<Victim, Moment>();
            foreach (Victim victim in Enum.GetValues<Victim>())
            {
                foreach (Moment moment in Enum.GetValues<Moment>())
                {
                    points.Add(victim, moment);
                }
            }

            return points;
        }
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task AKilledProcess_EndsTheTask_AndLeavesNothing(Victim victim, Moment moment)
    {
        ContainerdHost host = await fixture.HostAsync();
        string id = $"{victim}-{moment}".ToLowerInvariant();
        string[] command = moment == Moment.WhileWriting ? ["sh", "-c", "while :; do echo line; done"] : ["sleep", "1000"];
        await using var events = TaskEventReader.Start(host);
        await host.StartContainerAsync(ContainerdHost.SkerryRuntime, id, [], command);
        using System.Diagnostics.Process? exec = await ReachAsync(host, id, moment);

        HostProcesses.Kill(victim switch
        {
            Victim.Vmm => HostProcesses.Find("qemu-system", id),
            Victim.Shim => HostProcesses.Find("containerd-shim-skerry-v2", id),
            _ => HostProcesses.Find("virtiofsd", id),
        });

        // A dead shim takes its task with it, and containerd tells the end; otherwise the task is stopped, and its deletion tells.
        await Eventually.TrueAsync(async () => await host.TaskStatusAsync(id) is null or "STOPPED", $"{id} has ended", TimeSpan.FromSeconds(90));
        Assert.Contains(await events.ExitStatusAsync(id), KilledCodes);
        if (await host.TaskStatusAsync(id) is not null)
        {
            string told = (await host.CtrAsync("tasks", "delete", id)).Ok().Error;
            Assert.Contains(KilledCodes, code => told.Contains($"exit with non-zero exit code {code}", StringComparison.Ordinal));
        }

        (await host.CtrAsync("containers", "delete", id)).Ok();
        await host.LeftoversOf(id).AssertNoneAsync();

        ToolResult next = await host.RunAsync(ContainerdHost.SkerryRuntime, id, [], "echo", "again");
        Assert.Equal("again", next.Ok().Output.Trim());
    }

    [Fact]
    public async Task ContainerdKilled_TheContainerLivesOn_AndNoOutputIsLost()
    {
        ContainerdHost host = await fixture.HostAsync();
        await host.StartContainerAsync(ContainerdHost.SkerryRuntime, "survivor", [], "sleep", "1000");
        await host.KillDaemonAsync();
        await host.StartDaemonAsync();
        Assert.Equal("RUNNING", await host.TaskStatusAsync("survivor"));
        Assert.Equal("alive", (await host.CtrAsync("tasks", "exec", "--exec-id", "x", "survivor", "echo", "alive")).Ok().Output.Trim());
        (await host.CtrAsync("tasks", "delete", "-f", "survivor")).Ok();
        (await host.CtrAsync("containers", "delete", "survivor")).Ok();
    }

    [Fact]
    public async Task TheShimKilledWhileTheMachineBoots_LeavesNothing()
    {
        ContainerdHost host = await fixture.HostAsync();
        Task<ToolResult> run = host.RunAsync(ContainerdHost.SkerryRuntime, "boot-kill", [], "true");
        await Eventually.TrueAsync(() => HostProcesses.TryFind("qemu-system", "boot-kill") is not null, "the VMM runs");
        HostProcesses.Kill(HostProcesses.Find("containerd-shim-skerry-v2", "boot-kill"));
        Assert.NotEqual(0, (await run).ExitCode);
        await host.CtrAsync("tasks", "delete", "-f", "boot-kill");
        await host.CtrAsync("containers", "delete", "boot-kill");
        await host.LeftoversOf("boot-kill").AssertNoneAsync();
    }

    [Fact]
    public async Task TheVmmKilledWhileItBoots_FailsTheStartWithAReason()
    {
        ContainerdHost host = await fixture.HostAsync();
        Task<ToolResult> run = host.RunAsync(ContainerdHost.SkerryRuntime, "vmm-boot-kill", [], "true");
        await Eventually.TrueAsync(() => HostProcesses.TryFind("qemu-system", "vmm-boot-kill") is not null, "the VMM runs");
        HostProcesses.Kill(HostProcesses.Find("qemu-system", "vmm-boot-kill"));
        ToolResult result = await run;
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("QEMU", result.Error, StringComparison.OrdinalIgnoreCase);
        await host.CtrAsync("containers", "delete", "vmm-boot-kill");
        await host.LeftoversOf("vmm-boot-kill").AssertNoneAsync();
    }

    private static async Task<System.Diagnostics.Process?> ReachAsync(ContainerdHost host, string id, Moment moment)
    {
        switch (moment)
        {
            case Moment.Paused:
                (await host.CtrAsync("tasks", "pause", id)).Ok();
                return null;
            case Moment.DuringExec:
                System.Diagnostics.Process exec = host.StartCtr("tasks", "exec", "--exec-id", "running", id, "sh", "-c", "echo in; sleep 1000");
                Assert.Equal("in", await exec.StandardOutput.ReadLineAsync());
                return exec;
            default:
                return null;
        }
    }
}
