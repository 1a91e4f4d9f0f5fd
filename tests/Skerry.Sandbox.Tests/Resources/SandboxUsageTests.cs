namespace Skerry.Sandbox.Tests.Resources;

public sealed class SandboxUsageTests
{
    [Fact]
    public void AProcess_IsReadFromItsStatAndItsShareOfMemory()
    {
        const string Stat = "42 (a) name) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 4 0 1000 0 0\n";
        const string Rollup = "00400000-7fff ---p 00000000 00:00 0 [rollup]\nRss:  9000 kB\nPss:    2000 kB\nPss_Dirty: 1 kB\n";
        SandboxUsage usage = default(SandboxUsage).Add(Stat, Rollup).Add(Stat, Rollup);
        Assert.Equal(new SandboxUsage(2, 5_000_000_000, 1_000_000_000, 4000 * 1024), usage);
    }

    [Fact]
    public void OnlyLivingProcesses_Count()
    {
        ProcessRecord self = ProcessIdentity.Describe("shim", Environment.ProcessId);
        SandboxUsage usage = SandboxUsage.Of([self, self with { StartTicks = self.StartTicks + 1 }, new ProcessRecord("vmm", int.MaxValue, 1)]);
        Assert.Equal(1, usage.Processes);
        Assert.True(usage.MemoryBytes > 1 << 20);
    }
}
