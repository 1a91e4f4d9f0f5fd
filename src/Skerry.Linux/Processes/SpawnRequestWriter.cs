using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Lays a <see cref="SpawnRequest"/> out as struct skerry_spawn, and keeps memory and descriptors alive until disposed.</summary>
internal sealed unsafe class SpawnRequestWriter : IDisposable
{
    private const int SockFilterSizeBytes = 8;

    private readonly SpawnRequest _request;
    private readonly NativeArena _arena = new();
    private readonly List<SafeHandle> _held = [];
    private readonly SortedSet<int> _keep = [];

    internal SpawnRequestWriter(SpawnRequest request, SafeHandle nullDevice, SafeHandle report, SafeHandle? gate)
    {
        _request = request;
        try
        {
            Raw = _arena.Array<RawSpawn>(1);
            WriteProgram();
            WriteDescriptors(nullDevice);
            Raw->Report = Hold(report);
            Raw->Gate = gate is null ? -1 : Hold(gate);
            WriteSurroundings();
            WriteFiles();
            WriteRights();
            Raw->Options = Options();
            Raw->Keep = _arena.Copy<int>([.. _keep]);
            Raw->KeepCount = (uint)_keep.Count;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal RawSpawn* Raw { get; }

    /// <summary>The pid namespace to clone into, or -1: the one kind that the cloning thread joins.</summary>
    internal int PidNamespace { get; private set; } = -1;

    public void Dispose()
    {
        _held.ForEach(handle => handle.DangerousRelease());
        _held.Clear();
        _arena.Dispose();
    }

    private void WriteProgram()
    {
        string? path = _request.Environment.LastOrDefault(entry => entry.StartsWith("PATH=", StringComparison.Ordinal));
        Raw->Program = _arena.Text(_request.Path);
        Raw->SearchPath = _arena.Text(path?[5..] ?? SpawnRequest.DefaultSearchPath);
        Raw->WorkingDirectory = _arena.Text(_request.WorkingDirectory);
        Raw->Arguments = _arena.Texts(_request.Args);
        Raw->Environment = _arena.Texts(_request.Environment);
    }

    private void WriteDescriptors(SafeHandle nullDevice)
    {
        (SafeHandle Source, int Target)[] all =
        [
            (_request.Stdin ?? nullDevice, 0),
            (_request.Stdout ?? nullDevice, 1),
            (_request.Stderr ?? nullDevice, 2),
            .. _request.InheritedDescriptors,
        ];
        Raw->Descriptors = _arena.Array<RawSpawn.Descriptor>(all.Length);
        Raw->DescriptorCount = (uint)all.Length;
        for (int i = 0; i < all.Length; i++)
        {
            Raw->Descriptors[i] = new() { Source = Hold(all[i].Source), Target = all[i].Target };
        }
    }

    private void WriteSurroundings()
    {
        Raw->Namespaces = (ulong)(_request.Namespaces & ~CloneFlags.CLONE_NEWCGROUP);
        Raw->LateNamespaces = (ulong)(_request.Namespaces & CloneFlags.CLONE_NEWCGROUP);
        WriteJoins();
        Raw->CgroupFiles = _arena.Texts(_request.CgroupProcsFiles);
        Raw->CgroupCount = (uint)_request.CgroupProcsFiles.Count;
        Raw->HostName = _arena.Text(_request.Hostname);
        Raw->DomainName = _arena.Text(_request.DomainName);
        Raw->Sysctls = _arena.Array<RawSpawn.Sysctl>(_request.Sysctls.Count);
        Raw->SysctlCount = (uint)_request.Sysctls.Count;
        for (int i = 0; i < _request.Sysctls.Count; i++)
        {
            (string key, string value) = _request.Sysctls[i];
            Raw->Sysctls[i] = new() { File = _arena.Text("/proc/sys/" + Sysctls.PathOf(key)), Value = _arena.Text(value) };
        }

        Raw->OomScore = _request.OomScoreAdj ?? 0;
    }

    /// <summary>Users first, since they give the right to enter the others; mounts last, since they change what paths mean.</summary>
    private void WriteJoins()
    {
        Raw->Joins = _arena.Array<RawSpawn.Join>(_request.JoinNamespaces.Count);
        foreach ((SafeHandle source, CloneFlags kind) in _request.JoinNamespaces.OrderBy(join => Rank(join.Kind)))
        {
            int number = Hold(source);
            PidNamespace = kind.HasFlag(CloneFlags.CLONE_NEWPID) ? number : PidNamespace;
            CloneFlags inChild = kind & ~CloneFlags.CLONE_NEWPID;
            if (inChild != CloneFlags.None)
            {
                Raw->Joins[Raw->JoinCount++] = new() { Kinds = (ulong)inChild, Descriptor = number };
            }
        }
    }

    private static int Rank(CloneFlags kind) => kind switch
    {
        _ when kind.HasFlag(CloneFlags.CLONE_NEWUSER) => 0,
        _ when kind.HasFlag(CloneFlags.CLONE_NEWNS) => 2,
        _ => 1,
    };

    private void WriteFiles()
    {
        MountFlags away = _request.SlavePropagation ? MountFlags.MS_SLAVE : MountFlags.MS_PRIVATE;
        bool cut = _request.SlavePropagation || _request.RootSwitch is not null;
        Raw->Propagation = cut ? (ulong)(away | MountFlags.MS_REC) : 0;
        Raw->Root = _arena.Text(_request.RootSwitch?.Directory);
        Raw->RootPropagation = (ulong)(_request.RootSwitch?.Propagation ?? MountFlags.None);
        List<string> detach = _request.RootSwitch is null ? [] : MountsOnAFixedRoot();
        Raw->Detach = _arena.Texts(detach);
        Raw->DetachCount = (uint)detach.Count;
        Raw->Steps = _arena.Array<RawSpawn.Step>(_request.MountSteps.Count);
        Raw->StepCount = (uint)_request.MountSteps.Count;
        for (int i = 0; i < _request.MountSteps.Count; i++)
        {
            Raw->Steps[i] = Write(_request.MountSteps[i]);
        }
    }

    /// <summary>What stands on the root of an initramfs, which cannot be pivoted away; nothing on any other root.</summary>
    private static List<string> MountsOnAFixedRoot()
    {
        IReadOnlyList<MountEntry> mounts = MountTable.Read();
        MountEntry? root = mounts.FirstOrDefault(entry => entry is { Target: "/", Type: "rootfs" });
        var targets = new List<string>();
        foreach (MountEntry entry in mounts)
        {
            if (root is not null && entry.ParentId == root.Id && entry.Target != "/")
            {
                targets.Add(entry.Target);
            }
        }

        return targets;
    }

    private RawSpawn.Step Write(MountStep step) => new()
    {
        Target = _arena.Text(step.Target),
        Source = _arena.Text(step.Source),
        Type = _arena.Text(step.Type),
        Data = _arena.Text(step.Data),
        Flags = (ulong)step.Flags,
        Propagation = (ulong)step.Propagation,
        TreeSet = (ulong)step.TreeAttributes.Set,
        TreeClear = (ulong)step.TreeAttributes.Clear,
        Kind = (uint)step.Kind,
        Mode = step.Mode,
        Major = step.Major,
        Minor = step.Minor,
        Uid = step.Uid,
        Gid = step.Gid,
    };

    private void WriteRights()
    {
        CapabilitySets sets = _request.Capabilities ?? default;
        (Raw->Bounding, Raw->Effective, Raw->Inheritable, Raw->Permitted, Raw->Ambient) = sets;
        Raw->Limits = _arena.Array<RawSpawn.Limit>(_request.ResourceLimits.Count);
        Raw->LimitCount = (uint)_request.ResourceLimits.Count;
        for (int i = 0; i < _request.ResourceLimits.Count; i++)
        {
            ResourceLimit limit = _request.ResourceLimits[i];
            Raw->Limits[i] = new() { Resource = (uint)limit.Kind, Soft = limit.Soft, Hard = limit.Hard };
        }

        Raw->Groups = _arena.Copy<uint>([.. _request.SupplementaryGroups ?? []]);
        Raw->GroupCount = (uint)(_request.SupplementaryGroups?.Count ?? 0);
        Raw->Seccomp = _arena.Copy<byte>(_request.SeccompFilter);
        Raw->SeccompCount = (uint)((_request.SeccompFilter?.Length ?? 0) / SockFilterSizeBytes);
        Raw->SeccompFlags = _request.SeccompFlags;
        Raw->Uid = _request.Uid ?? 0;
        Raw->Gid = _request.Gid ?? 0;
        Raw->Umask = _request.Umask ?? 0;
        Raw->ParentDeathSignal = _request.ParentDeathSignal;
    }

    private SpawnOptions Options() =>
        When(_request.NewSession || _request.AllocateTerminal, SpawnOptions.NewSession)
        | When(_request.ControllingTerminal || _request.AllocateTerminal, SpawnOptions.ControllingTerminal)
        | When(_request.AllocateTerminal, SpawnOptions.AllocateTerminal)
        | When(_request.OwnStdio && _request.Uid is not null, SpawnOptions.OwnStdio)
        | When(_request.NoNewPrivileges, SpawnOptions.NoNewPrivileges)
        | When(_request.BestEffortLimits, SpawnOptions.BestEffortLimits)
        | When(_request.Uid is not null, SpawnOptions.SetUid)
        | When(_request.Gid is not null, SpawnOptions.SetGid)
        | When(_request.SupplementaryGroups is not null, SpawnOptions.SetGroups)
        | When(_request.Capabilities is not null, SpawnOptions.SetCapabilities)
        | When(_request.OomScoreAdj is not null, SpawnOptions.SetOomScore)
        | When(_request.Umask is not null, SpawnOptions.SetUmask)
        | When(_request.RootSwitch is { ReadOnly: true }, SpawnOptions.RootReadOnly)
        | When(_request.JoinNamespaces.Count > 0, SpawnOptions.PrivateDump);

    private static SpawnOptions When(bool condition, SpawnOptions option) => condition ? option : SpawnOptions.None;

    private int Hold(SafeHandle handle)
    {
        bool added = false;
        handle.DangerousAddRef(ref added);
        _held.Add(handle);
        int number = (int)handle.DangerousGetHandle();
        _keep.Add(number);
        return number;
    }
}
