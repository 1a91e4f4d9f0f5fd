using System.Globalization;
using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Pci;
using Skerry.Protocols;

namespace Skerry.Sandbox;

/// <summary>
/// Takes back from the host what a sandbox left whose shim is gone: processes, cgroups, mounts, sockets, files. Works from the
/// record on disk alone, may run twice in a row, beside another one, and takes at most a few seconds.
/// </summary>
public sealed class SandboxCleanup(ILogger log, PciBus? bus = null)
{
    private readonly PciBus _bus = bus ?? PciBus.Host;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MemberGrace = TimeSpan.FromMilliseconds(200);

    /// <summary>Cleans up after <paramref name="paths"/>. As long as something is left, so is the record, which the next attempt needs.</summary>
    /// <returns>What could not be done and why, a line each; none when nothing is left.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(SandboxPaths paths, CancellationToken cancellationToken)
    {
        var left = new List<string>();
        SandboxRecord? record = ReadRecord(paths);
        if (record is not null)
        {
            await TryAsync(paths, left, "end its processes", () => KillAllAsync(record, cancellationToken)).ConfigureAwait(false);
            foreach (string directory in record.Cgroups)
            {
                await TryAsync(paths, left, $"remove the cgroup {directory}", () => RemoveCgroupAsync(directory, cancellationToken)).ConfigureAwait(false);
            }

            if (record.Network is { } network)
            {
                await TryAsync(paths, left, "give the network back", () => NetworkCleanup.GiveBackAsync(network, _bus, paths.Id, log)).ConfigureAwait(false);
            }

            foreach (string socket in record.Sockets)
            {
                await TryAsync(paths, left, $"remove {socket}", () => File.Delete(socket)).ConfigureAwait(false);
            }
        }

        await TryAsync(paths, left, "remove its state directory", () => StateDirectory.Remove(paths, keepRecord: left.Count > 0)).ConfigureAwait(false);
        return left;
    }

    /// <summary>True when the shim of <paramref name="paths"/> lives: by its record, or by its socket where the sandbox has ended before it.</summary>
    public static bool ShimIsAlive(SandboxPaths paths) =>
        (SandboxRecordFile.TryRead(paths.Record)?.Processes.FirstOrDefault(process => process.Role == "shim") is { } shim && ProcessIdentity.IsAlive(shim))
        || UnixSockets.Answers(paths.ShimSocket);

    /// <summary>The sandbox whose record names <paramref name="container"/>, below the state root; null when none does.</summary>
    public static SandboxPaths? FindByContainer(string root, string container)
    {
        if (!Directory.Exists(root))
        {
            return null;
        }

        foreach (string directory in Directory.EnumerateDirectories(root))
        {
            if (SandboxId.TryParse(Path.GetFileName(directory), out SandboxId id))
            {
                var paths = new SandboxPaths(id, root);
                if (SandboxRecordFile.TryRead(paths.Record)?.Containers.Any(each => each.Id == container) ?? false)
                {
                    return paths;
                }
            }
        }

        return null;
    }

    private SandboxRecord? ReadRecord(SandboxPaths paths)
    {
        try
        {
            return SandboxRecordFile.TryRead(paths.Record);
        }
        catch (SkerryException error)
        {
            // A damaged record must not keep the rest from being removed.
            Log.CleanupFailed(log, paths.Id.Value, "read its record", ErrorReport.OneLine(error));
            return null;
        }
    }

    private Task TryAsync(SandboxPaths paths, List<string> left, string step, Action action) => TryAsync(paths, left, step, () =>
    {
        action();
        return Task.CompletedTask;
    });

    private async Task TryAsync(SandboxPaths paths, List<string> left, string step, Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SkerryException)
        {
            string reason = ErrorReport.OneLine(error);
            Log.CleanupFailed(log, paths.Id.Value, step, reason);
            left.Add($"{step}: {reason}");
        }
    }

    private static async Task KillAllAsync(SandboxRecord record, CancellationToken cancellationToken)
    {
        foreach (ProcessRecord process in record.Processes)
        {
            if (process.Pid != Environment.ProcessId)
            {
                await KillAsync(process, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task KillAsync(ProcessRecord process, CancellationToken cancellationToken)
    {
        if (!ProcessIdentity.IsAlive(process))
        {
            return;
        }

        using PidFd? handle = PidFd.TryOpen(process.Pid, out Errno error);
        if (handle is null)
        {
            if (error == Errno.ESRCH)
            {
                return;
            }

            throw new SyscallException("pidfd_open", $"process {process.Pid}", error);
        }

        // The number may have been given to another process between the look and the open: look again.
        if (ProcessIdentity.IsAlive(process))
        {
            handle.SendSignal(Signals.SIGKILL);
            await handle.WaitExitAsync(cancellationToken).WaitAsync(KillLimit, cancellationToken).ConfigureAwait(false);
        }
    }

    // A helper of a killed daemon may live a moment longer, and a log program until it has written what it was given: both end by
    // themselves when the shim is gone. A cgroup is busy until they have; who does not end is killed.
    private static async Task RemoveCgroupAsync(string directory, CancellationToken cancellationToken)
    {
        long start = Environment.TickCount64;
        while (Directory.Exists(directory))
        {
            if (Environment.TickCount64 - start > MemberGrace.TotalMilliseconds)
            {
                KillMembers(directory);
            }

            try
            {
                Directory.Delete(directory, recursive: false);
            }
            catch (IOException) when (Environment.TickCount64 - start < KillLimit.TotalMilliseconds)
            {
                await Task.Delay(RetryInterval, cancellationToken).ConfigureAwait(false);
            }
        }

        RemoveOverheadParent(Path.GetDirectoryName(directory)!);
    }

    // The one cgroup that is nobody's but ours, and has others of us in it until the last one ends.
    private static void RemoveOverheadParent(string parent)
    {
        if (Path.GetFileName(parent) == SandboxCgroup.OverheadParent && Directory.Exists(parent) && !Directory.EnumerateDirectories(parent).Any())
        {
            try
            {
                Directory.Delete(parent, recursive: false);
            }
            catch (IOException)
            {
                // Another sandbox has come or removed it meanwhile.
            }
        }
    }

    private static void KillMembers(string directory)
    {
        foreach (string line in File.ReadLines(Path.Combine(directory, "cgroup.procs")))
        {
            int pid = int.Parse(line, CultureInfo.InvariantCulture);
            using PidFd? handle = pid == Environment.ProcessId ? null : PidFd.TryOpen(pid, out _);
            handle?.SendSignal(Signals.SIGKILL);
        }
    }
}
