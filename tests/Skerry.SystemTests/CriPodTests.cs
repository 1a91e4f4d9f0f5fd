using Skerry.SystemTests.Cri;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>A pod as the kubelet drives it through containerd's CRI: one micro-VM, its containers one by one.</summary>
public sealed class CriPodTests(CriFixture fixture) : IClassFixture<CriFixture>
{
    [Fact]
    public async Task APod_RunsItsContainersInOneMachine_OneByOne()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("thin");
        PodSandboxStatusResponse status = await pod.StatusAsync();
        Assert.Equal(SandboxState.SandboxReady, status.Status.State);
        Assert.StartsWith("10.88.", status.Status.Network.Ip);

        Assert.Equal("init done\n", await pod.RunAsync("init", ["sh", "-c", "echo init done"]));
        PodContainer main = await pod.StartAsync("main", ["sh", "-c", "echo started; trap 'echo bye; exit 0' TERM; while :; do sleep 0.1; done"]);
        PodContainer side = await pod.StartAsync("side", ["sleep", "1000"]);
        await main.LoggedAsync("started");
        Assert.Equal(await main.ShellAsync("cat /proc/sys/kernel/random/boot_id"), await side.ShellAsync("cat /proc/sys/kernel/random/boot_id"));
        Assert.Equal(("out\n", "err\n", 3), Split(await main.ExecAsync("sh", "-c", "echo out; echo err >&2; exit 3")));

        await main.StopAsync(graceSeconds: 60);
        ContainerStatus ended = await main.ExitedAsync();
        Assert.Equal((0, "Completed"), (ended.ExitCode, ended.Reason));
        Assert.Contains("bye", main.Log());
        await main.RemoveAsync();

        PodContainer again = await pod.StartAsync("main", ["sleep", "1000"], config => config.Metadata.Attempt = 1);
        Assert.Equal("alive", await again.ShellAsync("echo alive"));
        await again.StopAsync();
        ended = await again.ExitedAsync();
        Assert.Equal((137, "Error"), (ended.ExitCode, ended.Reason));
        Assert.Equal("alive", await side.ShellAsync("echo alive"));
    }

    private static (string Output, string Error, int Code) Split(ToolResult result) => (result.Output, result.Error, result.ExitCode);
}
