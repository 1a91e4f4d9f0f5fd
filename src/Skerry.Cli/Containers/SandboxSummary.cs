using System.Globalization;
using Skerry.Core;
using Skerry.Sandbox;

namespace Skerry.Cli.Containers;

/// <summary>The sandbox of a container as <c>inspect</c> shows it: from the shim's record on disk and from /proc.</summary>
internal sealed record SandboxSummary
{
    /// <summary>The state of the sandbox's driver: Launching, Ready …</summary>
    public required string State { get; init; }

    /// <summary>Where the shim keeps what belongs to the sandbox.</summary>
    public required string Directory { get; init; }

    /// <summary>The socket through which guest ports are reached.</summary>
    public required string VsockSocket { get; init; }

    /// <summary>The host's processes of the sandbox.</summary>
    public required IReadOnlyList<SandboxProcess> Processes { get; init; }

    /// <summary>Reads what is known about the sandbox of a container; null when it has none any more.</summary>
    public static SandboxSummary? TryRead(string stateDirectory, string container)
    {
        var paths = new SandboxPaths(SandboxId.Parse(container), stateDirectory);
        return SandboxRecordFile.TryRead(paths.Record) is not { } record ? null : new SandboxSummary
        {
            State = record.State,
            Directory = paths.Directory,
            VsockSocket = paths.VsockSocket,
            Processes = [.. record.Processes.Select(process => new SandboxProcess(process.Role, process.Pid, ProportionalSetKiB(process.Pid)))],
        };
    }

    /// <summary>The process's share of resident memory, proc_pid_smaps(5); null when it is gone.</summary>
    private static long? ProportionalSetKiB(int pid)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{pid}/smaps_rollup").FirstOrDefault(text => text.StartsWith("Pss:", StringComparison.Ordinal));
            return line is null ? null : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>One process of a sandbox on the host.</summary>
/// <param name="Role">shim, vmm or file daemon.</param>
/// <param name="Pid">Its process id.</param>
/// <param name="PssKiB">Its share of resident memory in KiB; null when it is gone.</param>
internal sealed record SandboxProcess(string Role, int Pid, long? PssKiB);
