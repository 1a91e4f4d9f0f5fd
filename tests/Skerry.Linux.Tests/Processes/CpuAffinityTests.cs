using System.Diagnostics;

namespace Skerry.Linux.Tests;

public sealed class CpuAffinityTests
{
    [Fact]
    public void AThread_IsBoundToWhatItWasGiven()
    {
        using Process process = Process.Start("sleep", "600");
        try
        {
            IReadOnlyList<int> before = CpuAffinity.Of(process.Id);
            Assert.NotEmpty(before);
            CpuAffinity.Set(process.Id, [before[^1]]);
            Assert.Equal([before[^1]], CpuAffinity.Of(process.Id));
            CpuAffinity.Set(process.Id, before);
            Assert.Equal(before, CpuAffinity.Of(process.Id));
            SyscallException error = Assert.Throws<SyscallException>(() => CpuAffinity.Set(process.Id, [8191]));
            Assert.Equal(Errno.EINVAL, error.Errno);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void AThreadThatIsNotThere_OrANumberNoProcessorHas_IsAnError()
    {
        Assert.Equal(Errno.ESRCH, Assert.Throws<SyscallException>(() => CpuAffinity.Of(int.MaxValue)).Errno);
        Assert.Throws<ArgumentOutOfRangeException>(() => CpuAffinity.Set(0, [8192]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CpuAffinity.Set(0, [-1]));
    }
}
