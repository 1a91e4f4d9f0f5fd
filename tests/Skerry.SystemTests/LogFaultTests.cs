using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>Outputs that go to a disk without room: the container goes on, the shim's log says once what was lost where, and nothing is left.</summary>
public sealed class LogFaultTests(ContainerdFixture fixture) : IClassFixture<ContainerdFixture>
{
    private const string Id = "no-room";

    [Fact]
    public async Task OutputBeyondTheDisk_IsLostAndTold_AndWhatComesAfterIsWritten()
    {
        ContainerdHost host = await fixture.HostAsync();
        string disk = Directory.CreateTempSubdirectory("skerry-full-").FullName;
        (await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk])).Ok();
        try
        {
            string log = Path.Combine(disk, "out.log");
            string filler = Path.Combine(disk, "filler");
            await File.WriteAllBytesAsync(filler, new byte[8192], TestContext.Current.CancellationToken);
            await host.StartContainerAsync(
                ContainerdHost.SkerryRuntime,
                Id,
                ["--log-uri", $"file://{log}", "--cgroup", $"skerrytest.slice:skerry:{Id}"],
                "sh",
                "-c",
                "yes line | head -c 100000; touch /full; while [ ! -e /go ]; do sleep 0.1; done; echo afterwards; exit 5");
            string machine = $"/proc/{HostProcesses.Find("qemu-system", Id)}";
            Assert.Equal($"/skerrytest.slice/skerry-{Id}.scope", HostProcesses.CpuCgroup(machine));

            // The container has written everything and goes on.
            await Eventually.TrueAsync(
                async () => (await ExecAsync(host, "look", "test", "-e", "/full")).ExitCode == 0, "the container has written beyond the disk", TimeSpan.FromSeconds(120));
            await CheckProgramAsync(host, disk);
            Assert.Equal(1, Count(await host.DaemonLogAsync(), $"stdout cannot be written to file \\\"{log}\\\""));
            Assert.Contains("ENOSPC", await host.DaemonLogAsync());

            File.Delete(filler);
            (await ExecAsync(host, "go", "touch", "/go")).Ok();
            await Eventually.TrueAsync(async () => await host.TaskStatusAsync(Id) == "STOPPED", "the container has ended", TimeSpan.FromSeconds(120));
            Assert.EndsWith("afterwards\n", await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken));
            Assert.Contains("exit code 5", (await host.CtrAsync("tasks", "delete", Id)).Error);
            Assert.Matches($"up to [0-9]+ bytes of stdout were lost on the way to file ..{log}", await host.DaemonLogAsync());
            (await host.CtrAsync("containers", "delete", Id)).Ok();
            await host.LeftoversOf(Id).AssertNoneAsync();
            Assert.DoesNotContain(Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(path => path + "/skerrytest.slice"), Directory.Exists);
        }
        finally
        {
            (await Tool.RunAsync("umount", ["-l", disk])).Ok();
            Directory.Delete(disk);
        }
    }

    /// <summary>A log program whose own disk is full ends; the process whose output it took does not notice.</summary>
    private static async Task CheckProgramAsync(ContainerdHost host, string disk)
    {
        string program = Path.Combine(Path.GetDirectoryName(host.Address)!, "log-program");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nexec 5>&-\nexec cat <&3 >\"$2/program.out\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ToolResult result = await host.CtrAsync(
            "tasks", "exec", "--exec-id", "program", "--log-uri", $"binary://{program}?directory={disk}", Id, "sh", "-c", "yes line | head -c 300000; exit 4");
        Assert.Equal(4, result.ExitCode);
        Assert.Equal(1, Count(await host.DaemonLogAsync(), $"stdout cannot be written to log program \\\"{program}\\\""));
    }

    private static Task<ToolResult> ExecAsync(ContainerdHost host, string exec, params string[] command) =>
        host.CtrAsync(["tasks", "exec", "--exec-id", exec, Id, .. command]);

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
