using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Sandbox.Tests.Engine;

/// <summary>A sandbox that is launched by itself, as the Sandbox API does.</summary>
public sealed class PreparedSandboxTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ItsMachineRuns_WithoutAContainer_AndContainersComeAndGoInIt()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.Driver.PrepareAsync(sandbox.Pod());
        Assert.Equal(SandboxState.Prepared, (await sandbox.Driver.DescribeAsync()).State);
        SandboxStatus started = await sandbox.Driver.LaunchAsync(Token);
        Assert.Equal((SandboxState.Ready, Environment.ProcessId), (started.State, started.ProcessId));
        Assert.Equal(["CreateSandbox sandbox"], sandbox.Agent.Calls);

        foreach (string id in new[] { "c1", "s1", "c2" })
        {
            await sandbox.RunAsync(id);
            sandbox.Agent.Exit(id, 0);
            await sandbox.Driver.WaitAsync(SandboxHarness.Id(id), string.Empty, Token).WaitAsync(Soon, Token);
            await sandbox.Driver.DeleteAsync(SandboxHarness.Id(id), string.Empty, Token);
        }

        Assert.Equal(SandboxState.Ready, (await sandbox.Driver.DescribeAsync()).State);
        await sandbox.Driver.StopAsync();
        await sandbox.Driver.StopAsync();
        Assert.Equal(0, (await sandbox.Driver.Ended.WaitAsync(Soon, Token)).Status);
        Assert.False(Directory.Exists(sandbox.Paths.Directory));
    }

    [Fact]
    public async Task StartedTwiceAtOnce_ItHasOneMachine()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.Driver.PrepareAsync(sandbox.Pod());
        SandboxStatus[] both = await Task.WhenAll(sandbox.Driver.LaunchAsync(Token), sandbox.Driver.LaunchAsync(Token));
        Assert.All(both, status => Assert.Equal(SandboxState.Ready, status.State));
        Assert.Single(sandbox.Hypervisor.Machines);
    }

    [Fact]
    public async Task OutOfOrder_EveryCallIsRefused_WithWhatIsMissing()
    {
        await using var sandbox = new SandboxHarness();
        await RefusedAsync(FailureKind.FailedPrecondition, "was not created", () => sandbox.Driver.LaunchAsync(Token));
        await sandbox.Driver.PrepareAsync(sandbox.Pod());
        await RefusedAsync(FailureKind.AlreadyExists, "exists already", () => sandbox.Driver.PrepareAsync(sandbox.Pod()));
        await RefusedAsync(FailureKind.FailedPrecondition, "was not started", () => sandbox.Driver.CreateAsync(sandbox.Container("c1"), Token));
        await sandbox.Driver.StopAsync();
        await RefusedAsync(FailureKind.FailedPrecondition, "cannot be started again", () => sandbox.Driver.LaunchAsync(Token));
        Assert.Equal(0, (await sandbox.Driver.Ended.WaitAsync(Soon, Token)).Status);
    }

    [Fact]
    public async Task APodOfAPauseContainer_CannotBePreparedAsWell()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        await RefusedAsync(FailureKind.AlreadyExists, "exists already", () => sandbox.Driver.PrepareAsync(sandbox.Pod()));
        await RefusedAsync(FailureKind.FailedPrecondition, "was not created", () => sandbox.Driver.LaunchAsync(Token));
    }

    [Fact]
    public async Task AFailedLaunch_LeavesNothing_AndTheStatusSaysWhy()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.Hypervisor.Failure = new SkerryException(FailureKind.HostDenied, "no /dev/kvm");
        await sandbox.Driver.PrepareAsync(sandbox.Pod());
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => sandbox.Driver.LaunchAsync(Token));
        Assert.Equal((FailureKind.HostDenied, "no /dev/kvm"), (error.Kind, error.Message));
        SandboxStatus status = await sandbox.Driver.DescribeAsync();
        Assert.Equal((SandboxState.Stopped, "no /dev/kvm", 255), (status.State, status.LostReason, status.Exit!.Status));
        Assert.False(Directory.Exists(sandbox.Paths.Directory));
    }

    [Fact]
    public async Task AContainerThatCannotBeMade_DoesNotEndTheSandbox()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.Driver.PrepareAsync(sandbox.Pod());
        await sandbox.Driver.LaunchAsync(Token);
        sandbox.Share.RootFsFailure = new SkerryException(FailureKind.InvalidArgument, "no such root");
        await RefusedAsync(FailureKind.InvalidArgument, "no such root", () => sandbox.Driver.CreateAsync(sandbox.Container("c1"), Token));
        sandbox.Share.RootFsFailure = null;
        await sandbox.RunAsync("c1");
        Assert.Equal(SandboxState.Ready, (await sandbox.Driver.DescribeAsync()).State);
    }

    [Fact]
    public async Task AMachineThatDies_EndsTheWait_WithTheReason()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.Driver.PrepareAsync(sandbox.Pod());
        Task<ProcessExit> wait = sandbox.Driver.Ended;
        await sandbox.Driver.LaunchAsync(Token);
        await sandbox.Hypervisor.Machines[0].DieAsync();
        Assert.Equal(255, (await wait.WaitAsync(Soon, Token)).Status);
        Assert.Contains("killed by signal 9", (await sandbox.Driver.DescribeAsync()).LostReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStopWhileItBoots_EndsTheStart()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.AgentOptions.Silent = true;
        await sandbox.Driver.PrepareAsync(sandbox.Pod());
        Task<SandboxStatus> starting = sandbox.Driver.LaunchAsync(Token);
        while (sandbox.Hypervisor.Machines.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), Token);
        }

        await sandbox.Driver.StopAsync();
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => starting.WaitAsync(Soon, Token));
        Assert.Contains("was stopped", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await sandbox.Driver.Ended.WaitAsync(Soon, Token)).Status);
    }

    [Fact]
    public async Task ItsContainers_GetThePodsFilesAndSysctls_ButKeepTheirOwn()
    {
        await using var sandbox = new SandboxHarness();
        LaunchConfig pod = sandbox.Pod() with
        {
            SharedMemory = true,
            Files = new Dictionary<string, string> { ["/etc/resolv.conf"] = "nameserver 10.0.0.10\n", ["/etc/hosts"] = "127.0.0.1 localhost\n" },
        };
        pod = pod with { Spec = pod.Spec with { Linux = pod.Spec.Linux! with { Sysctl = new Dictionary<string, string> { ["net.core.somaxconn"] = "99" } } } };
        await sandbox.Driver.PrepareAsync(pod);
        await sandbox.Driver.LaunchAsync(Token);
        Assert.Equal(["nameserver 10.0.0.10"], sandbox.Agent.Sandbox!.Dns);

        string hosts = sandbox.TemporaryPath("hosts");
        await File.WriteAllTextAsync(hosts, "own", Token);
        await sandbox.Driver.CreateAsync(
            sandbox.Container("c1", mounts: [new OciMount { Destination = "/etc/hosts", Type = "bind", Source = hosts, Options = ["rbind"] }]), Token);
        string resolver = Path.Combine(sandbox.Paths.Directory, "resolv.conf");
        Assert.Equal("nameserver 10.0.0.10\n", await File.ReadAllTextAsync(resolver, Token));
        Assert.Contains($"bind {resolver}", sandbox.Share.Log);
        Assert.Contains($"bind {hosts}", sandbox.Share.Log);
        Assert.DoesNotContain($"bind {Path.Combine(sandbox.Paths.Directory, "hosts")}", sandbox.Share.Log);
        Skerry.Protocols.Agent.Oci.Spec sent = sandbox.Agent.LastCreate!.OCI;
        Assert.Equal("99", sent.Linux.Sysctl["net.core.somaxconn"]);
        Assert.Single(sent.Mounts, mount => mount is { Destination: "/dev/shm", Type: "bind", Source: GuestPaths.Shm });
    }

    private static async Task RefusedAsync(FailureKind kind, string words, Func<Task> call)
    {
        SkerryException error = await Assert.ThrowsAnyAsync<SkerryException>(call);
        Assert.Equal(kind, error.Kind);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }
}
