using System.Diagnostics;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>Many at once, and a workload that nobody listens to.</summary>
public sealed class LoadTests(ContainerdFixture fixture) : IClassFixture<ContainerdFixture>
{
    [Fact]
    public async Task TwentyContainersAtOnce_AllRun()
    {
        const int Count = 20;
        ContainerdHost host = await fixture.HostAsync();
        ToolResult[] results = await Task.WhenAll(
            Enumerable.Range(0, Count).Select(n => host.RunAsync(ContainerdHost.SkerryRuntime, $"many-{n}", [], "echo", $"number {n}")));
        Assert.Equal(Enumerable.Range(0, Count).Select(n => $"number {n}"), results.Select(result => result.Ok().Output.Trim()));
    }

    /// <summary>The reader of a gigabyte leaves: the task goes on to its end, since a shim holds the fifo open, and nothing is left of it.</summary>
    [Fact]
    public async Task AReaderThatDisappears_LeavesNothingBehind()
    {
        const long MostGrowthBytes = 8L << 20;
        ContainerdHost host = await fixture.HostAsync();
        string fifos = Directory.CreateTempSubdirectory("sky-gone-").FullName;
        try
        {
            await host.StartContainerAsync(
                ContainerdHost.SkerryRuntime, "gone", ["--fifo-dir", fifos], "head", "-c", "1073741824", "/dev/zero");
            int shim = HostProcesses.Find("containerd-shim-skerry-v2", "gone");
            long before = HostProcesses.ProportionalSetSize(shim);
            using (Process attach = host.StartCtr("tasks", "attach", "gone"))
            {
                var some = new byte[1 << 20];
                await attach.StandardOutput.BaseStream.ReadExactlyAsync(some, TestContext.Current.CancellationToken).AsTask().WaitAsync(Tool.DefaultLimit);
                attach.Kill();
                await attach.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            Assert.Equal("RUNNING", await host.TaskStatusAsync("gone"));
            Assert.InRange(HostProcesses.ProportionalSetSize(shim) - before, long.MinValue, MostGrowthBytes);
            (await host.CtrAsync("tasks", "kill", "-s", "KILL", "gone")).Ok();
            await Eventually.TrueAsync(async () => await host.TaskStatusAsync("gone") == "STOPPED", "the task has ended", TimeSpan.FromSeconds(90));
            Assert.Contains("exit with non-zero exit code 137", (await host.CtrAsync("tasks", "delete", "gone")).Ok().Error);
            (await host.CtrAsync("containers", "delete", "gone")).Ok();
            await host.LeftoversOf("gone").AssertNoneAsync();
        }
        finally
        {
            Directory.Delete(fifos, recursive: true);
        }
    }

    [Fact]
    public async Task OutputThatNobodyReads_CostsTheShimNoMemory()
    {
        const long MostGrowthBytes = 8L << 20;
        ContainerdHost host = await fixture.HostAsync();
        string fifos = Directory.CreateTempSubdirectory("sky-unread-").FullName;
        try
        {
            // A fifo that is held open and never read: the writer in the guest must be made to wait.
            await host.StartContainerAsync(
                ContainerdHost.SkerryRuntime, "unread", ["--fifo-dir", fifos], "sh", "-c", "head -c 1073741824 /dev/zero");
            int shim = HostProcesses.Find("containerd-shim-skerry-v2", "unread");
            long before = HostProcesses.ProportionalSetSize(shim);
            long largest = before;
            for (int second = 0; second < 10; second++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
                largest = Math.Max(largest, HostProcesses.ProportionalSetSize(shim));
            }

            Assert.True(largest - before < MostGrowthBytes, $"the shim grew from {before >> 10} KiB to {largest >> 10} KiB");
            Assert.Equal("RUNNING", await host.TaskStatusAsync("unread"));
            (await host.CtrAsync("tasks", "delete", "-f", "unread")).Ok();
            (await host.CtrAsync("containers", "delete", "unread")).Ok();
        }
        finally
        {
            Directory.Delete(fifos, recursive: true);
        }
    }
}
