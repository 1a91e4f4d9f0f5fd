using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Starts processes: clone3, then everything a <see cref="SpawnRequest"/> asks for in C, then execve.</summary>
public static partial class Spawner
{
    /// <summary>
    /// Starts a process and returns when its program runs, or when it waits, fully prepared, at <see cref="SpawnRequest.StartGate"/>.
    /// Blocks for as long as the preparation takes.
    /// </summary>
    /// <param name="request">What to start, and how.</param>
    /// <param name="exits">Who waits for it: by default its own descriptor; PID 1 passes its <see cref="Reaper"/>.</param>
    /// <exception cref="SpawnException">A step failed; the child is gone and reaped.</exception>
    /// <exception cref="SyscallException">No pipe or null device for it.</exception>
    public static SpawnedProcess Spawn(SpawnRequest request, IExitSource? exits = null)
    {
        (FileDescriptor Read, FileDescriptor Write)? ownGate = request.AllocateTerminal && request.StartGate is null ? Pipes.Create() : null;
        using FileDescriptor? gateRead = ownGate?.Read;
        using FileDescriptor? gateWrite = ownGate?.Write;
        (FileDescriptor reportRead, FileDescriptor reportWrite) = Pipes.Create();
        var report = new SpawnReport(request, reportRead);
        PidFd? process = null;
        try
        {
            Task<ExitStatus> exit;
            using (reportWrite)
            using (FileDescriptor nullDevice = FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR))
            using (var raw = new SpawnRequestWriter(request, nullDevice, reportWrite, request.StartGate ?? gateRead))
            {
                (process, exit) = Clone(raw, report, request, exits ?? PidFdExits.Shared);
            }

            FileDescriptor? terminal = WaitUntilPrepared(request, report, process);
            gateWrite?.Write([1]);
            bool atGate = request.StartGate is not null || (gateWrite is not null && ThrowUnlessRunning(request, report));
            return new SpawnedProcess(process, exit, report, atGate, terminal);
        }
        catch
        {
            report.Dispose();
            process?.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Spawn"/>, on a thread that then ends; the child is cloned by the lasting one all the same.</summary>
    /// <exception cref="SpawnException">A step failed; the child is gone and reaped.</exception>
    public static Task<SpawnedProcess> SpawnAsync(SpawnRequest request, IExitSource? exits = null) =>
        DedicatedThread.RunAsync("skerry-start", () => Spawn(request, exits));

    private static (PidFd Process, Task<ExitStatus> Exit) Clone(SpawnRequestWriter raw, SpawnReport report, SpawnRequest request, IExitSource exits)
    {
        return SpawnThread.Run(thread =>
        {
            PidFd? process = null;
            Task<ExitStatus> exit = exits.Track(() => process = Clone(raw, report, request, thread));
            return (process!, exit);
        });
    }

    private static unsafe PidFd Clone(SpawnRequestWriter writer, SpawnReport report, SpawnRequest request, SpawnThread thread)
    {
        using FileDescriptor? home = writer.PidNamespace < 0 ? null : FileDescriptor.Open("/proc/self/ns/pid", OpenFlags.O_RDONLY);
        int pidFd = -1;
        int stage = 0;
        int pid = Native.Clone(writer.Raw, writer.PidNamespace, home?.Number ?? -1, &pidFd, &stage);
        if ((SpawnStage)stage == SpawnStage.RestoreNamespace)
        {
            thread.Retire();
        }

        return pid > 0
            ? new PidFd(pidFd, pid)
            : throw new SpawnException(request.Path, report.Failure((SpawnStage)stage, (Errno)(-pid), -1));
    }

    /// <summary>Reads the child's first word; takes over its terminal when it has made one.</summary>
    private static FileDescriptor? WaitUntilPrepared(SpawnRequest request, SpawnReport report, PidFd process)
    {
        bool gated = request.StartGate is not null || request.AllocateTerminal;
        switch (report.Read())
        {
            case { Stage: (int)SpawnStage.Ready } ready:
                return ready.Value >= 0 ? process.CopyDescriptor(ready.Value) : null;
            case { } failed:
                throw new SpawnException(request.Path, report.Failure((SpawnStage)failed.Stage, (Errno)failed.Error, failed.Index));
            case null when gated:
                throw new SpawnException(request.Path, new SpawnFailure(SpawnStage.Clone, Errno.ESRCH, "the process ended while it was prepared"));
            default:
                return null;
        }
    }

    /// <summary>False, for "not at a gate", once the program runs.</summary>
    private static bool ThrowUnlessRunning(SpawnRequest request, SpawnReport report) => report.Read() is { } failed
        ? throw new SpawnException(request.Path, report.Failure((SpawnStage)failed.Stage, (Errno)failed.Error, failed.Index))
        : false;

    private static unsafe partial class Native
    {
        [LibraryImport("skerry_native", EntryPoint = "skerry_clone")]
        internal static partial int Clone(RawSpawn* request, int pidNamespace, int ownPidNamespace, int* pidFd, int* stage);
    }
}
