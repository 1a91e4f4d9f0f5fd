using System.Text.Json;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary><c>skerry run</c> and its companions, as a person uses them.</summary>
public sealed class RunTests(SkerryFixture fixture) : IClassFixture<SkerryFixture>
{
    [Fact]
    public async Task AContainer_HasAKernelOfItsOwn_AndPassesOutputAndExitCode()
    {
        SkerryHost host = await fixture.HostAsync();
        ToolResult result = await host.RunAsync([], "sh", "-c", "uname -r; echo oops >&2; exit 42");

        Assert.Equal(42, result.ExitCode);
        Assert.NotEqual(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), result.Output.Trim());
        Assert.Equal("oops", result.Error.Trim());
    }

    [Fact]
    public async Task Options_ReachTheProcess()
    {
        SkerryHost host = await fixture.HostAsync();
        string envFile = Path.Combine(host.WorkDirectory, "env");
        await File.WriteAllTextAsync(envFile, "# comment\nFROM_FILE=yes\n");
        ToolResult result = await host.RunAsync(
            ["-e", "A=1", "--env-file", envFile, "-w", "/etc", "-u", "user", "--hostname", "island", "--ulimit", "nofile=300", "--tmpfs", "/scratch"],
            "sh", "-c", "echo $A $FROM_FILE; pwd; id -un; id -G; hostname; ulimit -n; grep -c ' /scratch tmpfs' /proc/mounts");

        Assert.Equal(["1 yes", "/etc", "user", "1000 2000", "island", "300", "1"], result.Ok().Output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Volumes_AreSharedBothWays_AndReadOnlyOnesRefuseWrites()
    {
        SkerryHost host = await fixture.HostAsync();
        string shared = Directory.CreateDirectory(Path.Combine(host.WorkDirectory, "shared")).FullName;
        string fixedDirectory = Directory.CreateDirectory(Path.Combine(host.WorkDirectory, "fixed")).FullName;
        await File.WriteAllTextAsync(Path.Combine(shared, "in"), "from host\n");
        ToolResult result = await host.RunAsync(
            ["-v", $"{shared}:/shared", "-v", $"{fixedDirectory}:/fixed:ro", "-v", $"{Path.Combine(shared, "in")}:/file"],
            "sh", "-c", "cat /shared/in /file; echo from guest > /shared/out; touch /fixed/x 2>/dev/null; echo $?");

        Assert.Equal("from host\nfrom host\n1\n", result.Ok().Output);
        Assert.Equal("from guest\n", await File.ReadAllTextAsync(Path.Combine(shared, "out")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(fixedDirectory));
    }

    [Fact]
    public async Task AReadOnlyRoot_RefusesWrites_AndAWritableOneForgetsThem()
    {
        SkerryHost host = await fixture.HostAsync();
        Assert.Equal("1", (await host.RunAsync(["--read-only"], "sh", "-c", "touch /x 2>/dev/null; echo $?")).Output.Trim());
        Assert.Equal("0", (await host.RunAsync([], "sh", "-c", "touch /x; echo $?")).Output.Trim());
        Assert.Equal("0", (await host.RunAsync([], "sh", "-c", "ls / | grep -cx x; true")).Output.Trim());
    }

    [Fact]
    public async Task AContainerThatMayAdministerItsNetwork_MakesBridgesAndOtherInterfaces()
    {
        SkerryHost host = await fixture.HostAsync();
        ToolResult result = await host.RunAsync(
            ["--cap-add", "NET_ADMIN"],
            "sh",
            "-c",
            "brctl addbr br7 && ip link add d7 type dummy && ip link add v7 type veth && ls /sys/class/net");
        Assert.Superset(
            new HashSet<string> { "br7", "d7", "v7", "veth0" }, result.Ok().Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToHashSet());
        ToolResult denied = await host.RunAsync([], "brctl", "addbr", "br7");
        Assert.NotEqual(0, denied.ExitCode);
    }

    [Fact]
    public async Task StandardInput_IsPassedOn_WithItsEnd()
    {
        SkerryHost host = await fixture.HostAsync();
        string input = string.Concat(Enumerable.Repeat("0123456789abcdef\n", 20_000));
        ToolResult result = await host.SkerryWithInputAsync(input, "run", "--rm", "-i", "busybox", "wc", "-c");
        Assert.Equal($"{input.Length}", result.Ok().Output.Trim());
    }

    [Fact]
    public async Task WithATerminal_TheProcessHasOneOfTheRightSize_AndItsExitCodeComesBack()
    {
        SkerryHost host = await fixture.HostAsync();
        ToolResult result = await Tool.RunAsync(
            "script",
            ["-qec", $"stty rows 33 cols 99; {Checkout.Skerry} run --rm -it busybox sh -c 'stty size; test -t 0 && test -t 1 && echo is-a-tty; exit 5'", "/dev/null"],
            host.EnvironmentVariables);
        Assert.Contains("33 99", result.Output);
        Assert.Contains("is-a-tty", result.Output);
        Assert.Equal(5, result.ExitCode);
    }

    [Fact]
    public async Task CtrlC_OnTheTerminal_InterruptsTheProcessInTheGuest()
    {
        SkerryHost host = await fixture.HostAsync();
        using var script = Tool.Start(
            "script",
            ["-qec", $"{Checkout.Skerry} run --rm -it busybox sh -c 'trap \"echo caught; exit 9\" INT; echo ready; while :; do sleep 1; done'", "/dev/null"],
            host.EnvironmentVariables);
        await ReadUntilAsync(script, "ready");
        await script.StandardInput.WriteAsync('\x03');
        await script.StandardInput.FlushAsync();
        await ReadUntilAsync(script, "caught");
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(9, script.ExitCode);
    }

    [Fact]
    public async Task ADetachedContainer_LivesOn_AndObeysTheOtherCommands()
    {
        SkerryHost host = await fixture.HostAsync();
        (await host.SkerryAsync("run", "-d", "--name", "web", "busybox", "sh", "-c", "echo started; trap 'echo bye; exit 3' TERM; while :; do sleep 0.2; done")).Ok();

        await Eventually.TrueAsync(async () => (await host.SkerryAsync("logs", "web")).Output.Contains("started", StringComparison.Ordinal), "the log has the first line");
        using (JsonDocument list = JsonDocument.Parse((await host.SkerryAsync("ps", "--json")).Ok().Output))
        {
            JsonElement container = Assert.Single(list.RootElement.EnumerateArray());
            Assert.Equal("web", container.GetProperty("name").GetString());
            Assert.Equal("running", container.GetProperty("status").GetString());
        }

        ToolResult exec = await host.SkerryAsync("exec", "-e", "B=2", "-w", "/tmp", "-u", "1000", "web", "sh", "-c", "echo $B; pwd; id -u; exit 6");
        Assert.Equal(("2\n/tmp\n1000\n", 6), (exec.Output, exec.ExitCode));

        ToolResult fed = await host.SkerryWithInputAsync("one\ntwo\n", "exec", "-i", "web", "wc", "-l");
        Assert.Equal("2", fed.Ok().Output.Trim());

        Assert.Equal(5, (await host.SkerryAsync("rm", "web")).ExitCode);
        (await host.SkerryAsync("stop", "-t", "20", "web")).Ok();
        Assert.Equal("3", (await host.SkerryAsync("wait", "web")).Ok().Output.Trim());
        Assert.Contains("bye", (await host.SkerryAsync("logs", "-f", "web")).Ok().Output);
        Assert.Contains("exited (3)", (await host.SkerryAsync("ps", "-a")).Ok().Output);
        (await host.SkerryAsync("rm", "web")).Ok();
        Assert.Equal(3, (await host.SkerryAsync("inspect", "web")).ExitCode);
    }

    [Fact]
    public async Task TheTimeline_NamesEveryStep()
    {
        SkerryHost host = await fixture.HostAsync();
        ToolResult result = await host.RunAsync(["--timeline"], "echo", "hi");
        Assert.Equal("hi\n", result.Ok().Output);
        foreach (string step in (string[])["vmm spawned", "kernel up", "agent ready", "container started", "first output", "exited", "cleaned up"])
        {
            Assert.Contains(step, result.Error);
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("check")]
    [InlineData("env")]
    public async Task AReaderThatLeaves_EndsTheCommandInSilence(string command)
    {
        SkerryHost host = await fixture.HostAsync();
        ToolResult result = await Tool.RunAsync("bash", ["-c", $"{Checkout.Skerry} {command} | true; echo ${{PIPESTATUS[0]}}"], host.EnvironmentVariables);
        Assert.Equal(string.Empty, result.Error);
        Assert.Contains(result.Output.Trim(), (string[])["141", "0"]);
    }

    private static async Task ReadUntilAsync(System.Diagnostics.Process process, string text)
    {
        var seen = new System.Text.StringBuilder();
        var buffer = new char[256];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await process.StandardOutput.ReadAsync(buffer, limit.Token);
            Assert.True(count > 0, $"output ended before \"{text}\": {seen}");
            seen.Append(buffer, 0, count);
        }
    }
}
