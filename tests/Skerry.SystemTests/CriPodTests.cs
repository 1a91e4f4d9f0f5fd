using Skerry.SystemTests.Cri;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>A pod as the kubelet drives it through containerd's CRI: one micro-VM, its containers one by one.</summary>
public sealed class CriPodTests(CriFixture fixture) : IClassFixture<CriFixture>
{
    private const int HostPort = 8088;

    [Fact]
    public async Task APod_RunsItsContainersInOneMachine_OneByOne()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("thin", config => config.PortMappings.Add(new PortMapping { ContainerPort = 80, HostPort = HostPort }));
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
        await CheckStreamsAsync(pod, side);
        await CheckLogRotationAsync(pod);
        await CheckPortForwardAsync(pod);

        PodContainer again = await pod.StartAsync("main", ["sleep", "1000"], config => config.Metadata.Attempt = 1);
        Assert.Equal("alive", await again.ShellAsync("echo alive"));
        await again.StopAsync();
        ended = await again.ExitedAsync();
        Assert.Equal((137, "Error"), (ended.ExitCode, ended.Reason));
        Assert.Equal("alive", await side.ShellAsync("echo alive"));
        await CheckContainerdRestartAsync(host, pod, side);
    }

    private static async Task CheckStreamsAsync(Pod pod, PodContainer container)
    {
        await using (RemoteStream exec = await container.StreamAsync(terminal: false, "sh", "-c", "read line; echo got $line; echo error >&2; exit 7"))
        {
            await exec.WriteAsync("this\n");
            await exec.Ended;
            Assert.Equal(("got this\n", "error\n"), (exec.Received(RemoteStream.Output), exec.Received(RemoteStream.Error)));
            Assert.Contains("\"7\"", exec.Received(RemoteStream.Status));
        }

        await using (RemoteStream shell = await container.StreamAsync(terminal: true, "sh"))
        {
            await shell.WriteAsync("test -t 0 && echo a-$((40+2))-terminal\n");
            await shell.ReceivedAsync(RemoteStream.Output, "a-42-terminal");
            await shell.WriteAsync("exit\n");
            await shell.Ended;
        }

        PodContainer echo = await pod.StartAsync("echo", ["sh", "-c", "while read line; do echo heard $line; done; echo end of input"], config =>
        {
            config.Stdin = true;
            config.StdinOnce = false;
        });
        await using (RemoteStream attach = await echo.AttachAsync())
        {
            await attach.WriteAsync("one\n");
            await attach.ReceivedAsync(RemoteStream.Output, "heard one");
        }

        await using (RemoteStream attach = await echo.AttachAsync())
        {
            await attach.WriteAsync("two\n");
            await attach.ReceivedAsync(RemoteStream.Output, "heard two");
        }

        await echo.LoggedAsync("heard two");
    }

    private static async Task CheckPortForwardAsync(Pod pod)
    {
        PodContainer web = await pod.StartAsync("web", ["sh", "-c", "mkdir /www; echo from the pod >/www/index.html; httpd -p 80 -h /www; exec httpd -f -p 127.0.0.1:8080 -h /www"]);
        await Eventually.TrueAsync(
            async () => (await web.ExecAsync("wget", "-q", "-O", "-", "http://127.0.0.1:8080/")).ExitCode == 0, "the web server listens", TimeSpan.FromSeconds(120));
        await using (RemoteStream forward = await pod.ForwardAsync(8080))
        {
            await forward.WriteAsync("GET /index.html HTTP/1.0\r\n\r\n");
            await forward.ReceivedAsync(RemoteStream.Input, "from the pod\n");
        }

        // The node's own port leads there too: the portmap plugin's rules, the bridge, the pod's interface.
        ToolResult mapped = await Tool.RunAsync("nsenter", [$"--net={pod.Host.NetworkNamespace}", "busybox", "wget", "-q", "-O", "-", $"http://10.88.0.1:{HostPort}/"]);
        Assert.Equal("from the pod\n", mapped.Ok().Output);

        // A port that nobody listens on ends the connection; the pod goes on.
        await using RemoteStream refused = await pod.ForwardAsync(8081);
        await refused.Ended;
        Assert.Equal("alive", await web.ShellAsync("echo alive"));
    }

    private static async Task CheckLogRotationAsync(Pod pod)
    {
        PodContainer talker = await pod.StartAsync("talker", ["sh", "-c", "n=0; while :; do n=$((n+1)); echo line $n; sleep 0.05; done"]);
        await talker.LoggedAsync("line 3\n");
        string rotated = talker.LogPath + ".1";
        File.Move(talker.LogPath, rotated);
        await talker.ReopenLogAsync();
        await Eventually.TrueAsync(() => File.Exists(talker.LogPath) && talker.Log().Length > 0, "the new log grows", TimeSpan.FromSeconds(60));
        await talker.StopAsync();
        await talker.ExitedAsync();

        // Not a line is lost or doubled between the two files.
        string[] lines = [.. File.ReadLines(rotated).Concat(File.ReadLines(talker.LogPath)).Select(line => line.Split(' ', 4)[3])];
        Assert.Equal(Enumerable.Range(1, lines.Length).Select(n => $"line {n}"), lines);
    }

    /// <summary>Its shim goes on without it, and it finds everything again.</summary>
    private static async Task CheckContainerdRestartAsync(CriHost host, Pod pod, PodContainer container)
    {
        await host.KillDaemonAsync();
        await host.StartDaemonAsync();
        Assert.Equal(SandboxState.SandboxReady, (await pod.StatusAsync()).Status.State);
        Assert.Equal(ContainerState.ContainerRunning, (await container.StatusAsync()).State);
        Assert.Equal("alive", await container.ShellAsync("echo alive"));
        Assert.Equal("after\n", await pod.RunAsync("after", ["echo", "after"]));
    }

    private static (string Output, string Error, int Code) Split(ToolResult result) => (result.Output, result.Error, result.ExitCode);
}
