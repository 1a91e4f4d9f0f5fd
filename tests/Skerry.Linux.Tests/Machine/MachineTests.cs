using System.Runtime.InteropServices;

namespace Skerry.Linux.Tests;

public sealed class MachineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HostNameOfANewNamespace_IsNotOurs()
    {
        Root.Require();
        string before = File.ReadAllText("/proc/sys/kernel/hostname");
        string inside = await DedicatedThread.RunAsync("uts", () =>
        {
            Namespaces.Unshare(CloneFlags.CLONE_NEWUTS);
            HostName.Set("elsewhere");
            return File.ReadAllText("/proc/sys/kernel/hostname");
        });
        Assert.Equal("elsewhere\n", inside);
        Assert.Equal(before, File.ReadAllText("/proc/sys/kernel/hostname"));
    }

    [Fact]
    public async Task Namespace_IsEnteredByDescriptor()
    {
        Root.Require();
        var held = new TaskCompletionSource<FileDescriptor>(TaskCreationOptions.RunContinuationsAsynchronously);
        await DedicatedThread.RunAsync("uts", () =>
        {
            Namespaces.Unshare(CloneFlags.CLONE_NEWUTS);
            HostName.Set("held");
            held.SetResult(FileDescriptor.Open("/proc/thread-self/ns/uts", OpenFlags.O_RDONLY));
        });
        using FileDescriptor space = await held.Task;
        string inside = await DedicatedThread.RunAsync("uts", () =>
        {
            Namespaces.Enter(space, CloneFlags.CLONE_NEWUTS);
            return File.ReadAllText("/proc/sys/kernel/hostname");
        });
        Assert.Equal("held\n", inside);
    }

    [Fact]
    public async Task DedicatedThread_HandsErrorsOn()
    {
        SyscallException error = await Assert.ThrowsAsync<SyscallException>(
            () => DedicatedThread.RunAsync("fails", () => HostName.Set(new string('x', 100))));
        Assert.True(error.Errno is Errno.EINVAL or Errno.EPERM);
    }

    [Fact]
    public void ModuleThatIsNone_IsRefused()
    {
        Root.Require();
        SyscallException error = Assert.Throws<SyscallException>(() => KernelModules.Load("/proc/self/exe", ""));
        Assert.Equal("finit_module", error.Call);
    }

    [Fact]
    public async Task EventFd_CountsAndWakes()
    {
        using EventFd counter = EventFd.Create();
        Assert.Equal(0ul, counter.Take());
        Task<ulong> taking = counter.TakeAsync(Token);
        counter.Signal(3);
        Assert.Equal(3ul, await taking);
    }

    [Fact]
    public void MemFd_HasItsSizeAndSeals()
    {
        using MemFd memory = MemFd.Create("test", 4096);
        Assert.Equal(4096ul, Attributes.Status(memory).SizeBytes);
        memory.Seal(MemFdSeals.F_SEAL_GROW | MemFdSeals.F_SEAL_SHRINK);
        memory.Write(new byte[4096]);
        Assert.Equal(-1, memory.TryWrite(new byte[1], out Errno error));
        Assert.Equal(Errno.EPERM, error);
    }

    [Fact]
    public async Task PidFd_SignalsAndWaits()
    {
        using var sleeper = System.Diagnostics.Process.Start("sleep", "100");
        using PidFd process = PidFd.Open(sleeper.Id);
        Assert.False(process.HasExited);
        Task exit = process.WaitExitAsync(Token);
        Assert.False(exit.IsCompleted);
        Assert.True(process.SendSignal(Signals.SIGTERM));
        await exit;
        await sleeper.WaitForExitAsync(Token);
        Assert.False(process.SendSignal(Signals.SIGTERM));
        Assert.False(Signals.Kill(sleeper.Id, Signals.SIGTERM));
        Assert.Null(PidFd.TryOpen(sleeper.Id, out Errno error));
        Assert.Equal(Errno.ESRCH, error);
    }

    [Fact]
    public void ThreadName_IsSet()
    {
        var thread = new Thread(() =>
        {
            CurrentProcess.SetName("a-name");
            Assert.Equal("a-name\n", File.ReadAllText("/proc/thread-self/comm"));
        });
        thread.Start();
        thread.Join();
    }

    [Fact]
    public async Task OwnSignals_AreHeardThroughThePosixRegistration()
    {
        var heard = new TaskCompletionSource();
        using var registration = PosixSignalRegistration.Create((PosixSignal)Signals.SIGUSR2, context =>
        {
            context.Cancel = true;
            heard.SetResult();
        });
        Signals.Kill(Environment.ProcessId, Signals.SIGUSR2);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
    }
}
