using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>The read end of the pipe a child reports through.</summary>
internal sealed class SpawnReport(SpawnRequest request, FileDescriptor pipe) : IDisposable
{
    private static readonly int s_sizeBytes = System.Runtime.CompilerServices.Unsafe.SizeOf<RawSpawn.ReportRecord>();

    private FdStream? _stream;

    /// <summary>Blocks for the next record; null when the child runs its program, or has ended.</summary>
    internal RawSpawn.ReportRecord? Read()
    {
        Span<byte> bytes = stackalloc byte[s_sizeBytes];
        return Parse(bytes[..pipe.Read(bytes)]);
    }

    /// <summary>Waits for the next record, which can only be a failure.</summary>
    internal async Task<SpawnFailure?> ReadFailureAsync()
    {
        _stream = new FdStream(pipe, ownsHandle: false);
        byte[] bytes = new byte[s_sizeBytes];
        int count = await _stream.ReadAsync(bytes).ConfigureAwait(false);
        return Parse(bytes.AsSpan(0, count)) is { } record ? Failure((SpawnStage)record.Stage, (Errno)record.Error, record.Index) : null;
    }

    /// <summary>Names what a record is about.</summary>
    internal SpawnFailure Failure(SpawnStage stage, Errno error, int index) => new(stage, error, Subject(stage, index));

    public void Dispose()
    {
        _stream?.Dispose();
        pipe.Dispose();
    }

    /// <summary>A pipe keeps a record of this size whole.</summary>
    private static RawSpawn.ReportRecord? Parse(ReadOnlySpan<byte> bytes) =>
        bytes.Length == s_sizeBytes ? MemoryMarshal.Read<RawSpawn.ReportRecord>(bytes) : null;

    private string Subject(SpawnStage stage, int index) => stage switch
    {
        SpawnStage.Clone => $"clone3 with {request.Namespaces}",
        SpawnStage.Descriptors => "hand over descriptors",
        SpawnStage.Cgroup => $"enter \"{Item(request.CgroupProcsFiles, index)}\"",
        SpawnStage.JoinNamespace => "enter " + string.Join(", ", request.JoinNamespaces.Select(join => join.Kind)),
        SpawnStage.NewNamespace => $"begin {request.Namespaces}",
        SpawnStage.Session => "begin a session",
        SpawnStage.HostName => $"set host name \"{request.Hostname}\"",
        SpawnStage.Propagation => "set propagation of \"/\"",
        SpawnStage.RootDirectory => $"open root \"{request.RootSwitch?.Directory}\"",
        SpawnStage.Mount => Item(request.MountSteps, index)?.ToString() ?? "mount",
        SpawnStage.Sysctl => $"set sysctl {Item(request.Sysctls, index).Key}",
        SpawnStage.OomScore => $"set oom_score_adj to {request.OomScoreAdj}",
        SpawnStage.SwitchRoot => $"switch root to \"{request.RootSwitch?.Directory}\"",
        SpawnStage.Terminal => "set up the terminal",
        SpawnStage.WorkingDirectory => $"change to directory \"{request.WorkingDirectory}\"",
        SpawnStage.ResourceLimit => $"set {Item(request.ResourceLimits, index).Kind}",
        SpawnStage.User => $"switch to user {request.Uid}:{request.Gid}",
        SpawnStage.Capabilities => index < 0 ? "set capabilities" : $"set capability {(Capability)index}",
        SpawnStage.NoNewPrivileges => "set no_new_privs",
        SpawnStage.ParentDeathSignal => $"set parent death signal {request.ParentDeathSignal}",
        SpawnStage.FindProgram or SpawnStage.Exec => $"exec \"{request.Path}\"",
        SpawnStage.Seccomp => "install the seccomp filter",
        _ => stage.ToString(),
    };

    private static T? Item<T>(IReadOnlyList<T> list, int index) => index >= 0 && index < list.Count ? list[index] : default;
}
