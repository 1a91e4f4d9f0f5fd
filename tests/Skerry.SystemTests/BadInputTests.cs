using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>What goes wrong is told: what, to what, why, and what to do next; and nothing is left behind.</summary>
public sealed class BadInputTests(SkerryFixture fixture) : IClassFixture<SkerryFixture>
{
    [Fact]
    public async Task AMissingImage_IsNamed()
    {
        SkerryHost host = await fixture.HostAsync();
        ToolResult result = await host.SkerryAsync("run", "--rm", "no-such-image", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("no-such-image", result.Error);
        Assert.Contains("hint:", result.Error);
    }

    [Theory]
    [InlineData("no-such-command", 127, "executable file not found in $PATH")]
    [InlineData("/no/such/path", 127, "no such file or directory")]
    [InlineData("/bin/not-executable", 126, "permission denied")]
    [InlineData("/etc", 126, "is a directory")]
    [InlineData("/bin/no-program", 126, "exec format error")]
    public async Task ACommandThatCannotRun_EndsWithTheCodeThatShellsKnow(string command, int code, string words)
    {
        SkerryHost host = await fixture.HostAsync();
        ToolResult result = await host.RunAsync([], command);
        Assert.Equal(code, result.ExitCode);
        Assert.Contains(words, result.Error);
    }

    [Fact]
    public async Task AnUnknownUser_IsNamed()
    {
        SkerryHost host = await fixture.HostAsync();
        ToolResult result = await host.RunAsync(["-u", "nobody-here"], "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("nobody-here", result.Error);
    }

    [Fact]
    public async Task TwoContainersOfOneName_TheSecondIsRefused()
    {
        SkerryHost host = await fixture.HostAsync();
        (await host.SkerryAsync("run", "-d", "--name", "twin", "busybox", "sleep", "100")).Ok();
        ToolResult second = await host.SkerryAsync("run", "-d", "--name", "twin", "busybox", "sleep", "100");
        Assert.Equal(125, second.ExitCode);
        Assert.Contains("\"twin\" exists already", second.Error);
        (await host.SkerryAsync("rm", "-f", "twin")).Ok();
    }

    [Fact]
    public async Task TwoRunsOfOneNameAtTheSameMoment_OneRuns()
    {
        SkerryHost host = await fixture.HostAsync();
        ToolResult[] results = await Task.WhenAll(Enumerable.Range(0, 2).Select(
            _ => host.SkerryAsync("run", "-d", "--name", "race", "busybox", "sleep", "100")));
        ToolResult refused = Assert.Single(results, result => result.ExitCode != 0);
        Assert.Equal(125, refused.ExitCode);
        Assert.Contains("\"race\" exists already", refused.Error);
        Assert.Equal("alive", (await host.SkerryAsync("exec", "race", "echo", "alive")).Ok().Output.Trim());
        (await host.SkerryAsync("rm", "-f", "race")).Ok();
    }

    [Theory]
    [InlineData("nr_inodes=4", 0)]
    [InlineData("size=64k", 65536)]
    public async Task NoSpaceInTheStateDirectory_IsTold_AndLeavesNothing(string limit, int filled)
    {
        SkerryHost host = await fixture.HostAsync();
        string state = Directory.CreateTempSubdirectory("sky-full-").FullName;
        (await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", limit, "tmpfs", state])).Ok();
        string filler = Path.Combine(state, "filler");
        try
        {
            await File.WriteAllBytesAsync(filler, new byte[filled]);
            var environment = new Dictionary<string, string>(host.EnvironmentVariables) { ["SKERRY_STATE_DIR"] = state };
            ToolResult result = await Tool.RunAsync(Checkout.Skerry, ["run", "--rm", "--name", "no-space", "busybox", "true"], environment);
            File.Delete(filler);
            Assert.Equal(125, result.ExitCode);
            Assert.Contains("space", result.Error, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("while cleaning up", result.Error);
            Assert.Empty(Directory.EnumerateFileSystemEntries(state));
        }
        finally
        {
            // The shim answers before it has quite ended, and until then its socket keeps the file system busy.
            await Eventually.TrueAsync(async () => (await Tool.RunAsync("umount", [state])).ExitCode == 0, "the state directory can be unmounted");
            Directory.Delete(state);
        }

        await new Leftovers(state, "no-space").AssertNoneAsync();
    }

    [Theory]
    [InlineData("default_memory = \"lots\"", "default_memory")]
    [InlineData("defualt_memory = 512", "default_memory")]
    [InlineData("default_memory = 16", "accepted is an integer: 32")]
    [InlineData("default_memory = 512 512", ":2: column 22")]
    public async Task ABadConfiguration_IsToldWithItsFileAndKey(string line, string expected)
    {
        SkerryHost host = await fixture.HostAsync();
        string file = await WriteConfigurationAsync(host, line);
        ToolResult result = await host.SkerryAsync("run", "--rm", "--config", file, "busybox", "true");
        string all = result.Output + result.Error;
        Assert.Contains(expected, all);
        Assert.Contains(file, all);
    }

    [Theory]
    [InlineData("path = \"/no/such/qemu\"", "/no/such/qemu")]
    [InlineData("kernel = \"/no/such/kernel\"", "/no/such/kernel")]
    [InlineData("initrd = \"/no/such/initrd\"", "/no/such/initrd")]
    [InlineData("virtio_fs_daemon = \"/no/such/virtiofsd\"", "/no/such/virtiofsd")]
    public async Task AMissingPart_IsNamedWithItsRemedy(string line, string expected)
    {
        SkerryHost host = await fixture.HostAsync();
        string file = await WriteConfigurationAsync(host, line);
        ToolResult result = await host.SkerryAsync("run", "--rm", "--config", file, "busybox", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains(expected, result.Error);
        // What to do next is said in brackets, since a task's error is one message.
        Assert.Matches(@"\(.*(install|correct|build|set|name).*\)", result.Error);
    }

    [Fact]
    public async Task TooLittleMemoryToBoot_SaysTheMinimum()
    {
        SkerryHost host = await fixture.HostAsync();
        string file = await WriteConfigurationAsync(host, "default_memory = 40");
        ToolResult result = await host.SkerryAsync("run", "--rm", "--config", file, "busybox", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("40 MiB", result.Error);
        Assert.Contains("at least", result.Error);
    }

    [Fact]
    public async Task AKernelThatPanics_IsToldWithItsLastWords()
    {
        SkerryHost host = await fixture.HostAsync();
        string file = await WriteConfigurationAsync(host, "kernel_params = \"rdinit=/no-such-init root=/dev/none\"");
        ToolResult result = await host.SkerryAsync("run", "--rm", "--config", file, "busybox", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("panic", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task AnAgentThatNeverAnswers_IsToldWithTheConsoleAndWhatWasWaitedFor()
    {
        SkerryHost host = await fixture.HostAsync();
        string initrd = await MakeSilentInitrdAsync(host);
        string file = await WriteConfigurationAsync(host, $"initrd = \"{initrd}\"", "dial_timeout = 8");
        ToolResult result = await host.SkerryAsync("run", "--rm", "--config", file, "busybox", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("agent", result.Error);
        Assert.Contains("silent init was here", result.Error);
    }

    private static async Task<string> WriteConfigurationAsync(SkerryHost host, string hypervisorLine, string agentLine = "")
    {
        string file = Path.Combine(host.WorkDirectory, $"configuration-{Guid.NewGuid():N}.toml");
        await File.WriteAllTextAsync(file, $"[hypervisor.qemu]\n{hypervisorLine}\n[agent.kata]\n{agentLine}\n");
        return file;
    }

    /// <summary>An initramfs whose init prints a line and sleeps: a guest without an agent.</summary>
    private static async Task<string> MakeSilentInitrdAsync(SkerryHost host)
    {
        string root = Directory.CreateDirectory(Path.Combine(host.WorkDirectory, "silent")).FullName;
        Directory.CreateDirectory(Path.Combine(root, "dev"));
        string source = Path.Combine(host.WorkDirectory, "silent.c");
        await File.WriteAllTextAsync(source, """
            #include <fcntl.h>
            #include <unistd.h>
            #include <sys/mount.h>
            int main(void) {
                mount("devtmpfs", "/dev", "devtmpfs", 0, 0);
                int console = open("/dev/console", O_WRONLY);
                for (;;) { if (write(console, "silent init was here\n", 21) < 0) { } sleep(1); }
            }
            """);
        (await Tool.RunAsync("gcc", ["-static", "-O1", "-o", Path.Combine(root, "init"), source])).Ok();
        string initrd = Path.Combine(host.WorkDirectory, "silent.img");
        (await Tool.RunAsync("sh", ["-c", $"cd {root} && find . | cpio --quiet -o -H newc > {initrd}"])).Ok();
        return initrd;
    }
}
