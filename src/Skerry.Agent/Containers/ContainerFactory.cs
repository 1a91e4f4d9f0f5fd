using Skerry.Agent.Boot;
using Skerry.Agent.Console;
using Skerry.Agent.Processes;
using Skerry.Agent.Storages;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Cgroups;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Agent.Oci;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Containers;

/// <summary>Makes containers: each step pushes its undo, so that a creation that fails leaves nothing.</summary>
internal sealed class ContainerFactory(
    GuestPaths paths, StorageTable storages, DeviceFinder devices, ProcessLauncher launcher, GuestHooks hooks, AgentLogger logger)
{
    private static readonly TimeSpan s_undoLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();

    /// <summary>The namespaces all containers share; null before the sandbox is created.</summary>
    public SharedNamespaces? Namespaces { get; set; }

    /// <summary>Finds a container of the sandbox by id or by the name its pod gives it.</summary>
    public Func<string, Container?> FindContainer { get; set; } = _ => null;

    /// <summary>True when all containers live in the pid namespace of the first.</summary>
    public bool SharesPids { get; set; }

    /// <summary>Makes the container of <paramref name="request"/>.</summary>
    /// <exception cref="SkerryException">What a step failed with; undoing what was done is attached.</exception>
    public async Task<Container> CreateAsync(CreateContainerRequest request, CancellationToken cancellationToken)
    {
        Validate(request);
        var undo = new RollbackStack();
        try
        {
            Container container = await BuildAsync(request, undo, cancellationToken).ConfigureAwait(false);
            undo.Commit();
            return container;
        }
        catch (Exception error)
        {
            foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
            {
                Log.CleanupFailed(logger, "undo the creation", request.ContainerId, failure);
                (error as SkerryException)?.CleanupFailures.Add(failure);
            }

            throw;
        }
    }

    /// <summary>Removes the directory of a container that is gone.</summary>
    public void RemoveBundle(string id)
    {
        if (Directory.Exists(paths.Bundle(id)))
        {
            foreach (string mounted in MountTable.TargetsUnder(paths.Bundle(id)))
            {
                Mounts.TryUnmount(mounted, UnmountFlags.MNT_DETACH | UnmountFlags.UMOUNT_NOFOLLOW, out _);
            }

            Directory.Delete(paths.Bundle(id), recursive: true);
        }
    }

    private async Task<Container> BuildAsync(CreateContainerRequest request, RollbackStack undo, CancellationToken cancellationToken)
    {
        Spec spec = request.OCI;
        ContainerHooks own = hooks.For(spec);
        await DeviceNumbers.ResolveAsync(request, devices, cancellationToken).ConfigureAwait(false);
        List<string> mountPoints = await MountAsync(request, undo, cancellationToken).ConfigureAwait(false);
        undo.Push("remove its directory", () => RemoveBundle(request.ContainerId));
        TmpfsMounts.Prepare(spec, paths, request.ContainerId);
        await SharedMounts.PrepareAsync(request, paths, FindContainer).ConfigureAwait(false);
        CgroupV2 cgroup = MakeCgroup(request.ContainerId, spec, undo);
        SharedNamespaces shared = await EnsureNamespacesAsync(spec.Hostname).ConfigureAwait(false);
        var place = new InitPlace(cgroup, shared.Ipc, shared.Uts, SharesPids || request.SandboxPidns ? shared.Pid : null);
        (GuestProcess init, StartGate gate) = await launcher.StartInitAsync(place, request, cancellationToken).ConfigureAwait(false);
        bool sharesPids = SharesPids || request.SandboxPidns;

        // The first container is the pod's own: it outlives the others, so the namespace they may share is its.
        shared.Pid ??= Linux.Namespaces.Open(init.Pid, CloneFlags.CLONE_NEWPID);

        var container = new Container(
            new ContainerParts
            {
                Id = request.ContainerId,
                Cgroup = cgroup,
                Init = init,
                Gate = gate,
                Launcher = launcher,
                Seccomp = spec.Linux?.Seccomp,
                Name = SharedMounts.NameOf(spec.Annotations),
                StartHooks = [.. spec.Hooks?.StartContainer ?? []],
                Annotations = new Dictionary<string, string>(spec.Annotations),
                MountPoints = mountPoints,
                KillsWithInit = sharesPids,
                Hooks = own,
                RunHooksAsync = (some, status) => hooks.TryRunAsync(some, request.ContainerId, status, init.Pid, spec, paths.Bundle(request.ContainerId)),
            },
            logger);
        undo.Push("end its init", () => EndAsync(container));
        await hooks.RunAsync(own.Prestart, request.ContainerId, "created", init.Pid, spec, paths.Bundle(request.ContainerId)).ConfigureAwait(false);
        return container;
    }

    private static async ValueTask EndAsync(Container container)
    {
        container.Kill();
        await container.DisposeAsync().ConfigureAwait(false);
    }

    private static void Validate(CreateContainerRequest request)
    {
        if (request.OCI?.Process is null || request.OCI.Root is not { Path.Length: > 0 })
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"the request for container \"{request.ContainerId}\" has no process or no root");
        }

        Protocols.Agent.Oci.Linux? linux = request.OCI.Linux;
        if (linux is not null && (linux.UIDMappings.Count > 0 || linux.GIDMappings.Count > 0 || linux.Namespaces.Any(n => n.Type == "user")))
        {
            throw new SkerryException(
                FailureKind.Unimplemented,
                $"container \"{request.ContainerId}\" asks for a user namespace, which this agent does not have",
                "leave it out: the machine around the container separates its users from the host's");
        }
    }

    private async Task<List<string>> MountAsync(CreateContainerRequest request, RollbackStack undo, CancellationToken cancellationToken)
    {
        var mountPoints = new List<string>();
        foreach (StorageRequest storage in request.Storages)
        {
            await storages.AddAsync(storage, cancellationToken).ConfigureAwait(false);
            undo.Push($"release \"{storage.MountPoint}\"", () => new ValueTask(storages.ReleaseAsync(storage.MountPoint, CancellationToken.None)));
            mountPoints.Add(storage.MountPoint);
        }

        return mountPoints;
    }

    /// <summary>The path the host computed is for the host's cgroups: in the guest each container is a child of one parent.</summary>
    private CgroupV2 MakeCgroup(string id, Spec spec, RollbackStack undo)
    {
        var cgroup = new CgroupV2($"{paths.ContainerCgroups}/{id}");
        cgroup.Create();
        undo.Push($"remove cgroup of \"{id}\"", async () =>
        {
            cgroup.KillAll();
            await cgroup.RemoveAsync(s_undoLimit, CancellationToken.None).ConfigureAwait(false);
        });
        cgroup.Apply(ResourceLimits.From(spec.Linux?.Resources));
        RestrictDevices(id, cgroup, spec);
        return cgroup;
    }

    /// <summary>A host that sends no rules, as Kata's does, leaves the devices to the machine's boundary.</summary>
    private void RestrictDevices(string id, CgroupV2 cgroup, Spec spec)
    {
        if (ResourceLimits.DeviceRules(spec.Linux) is not { Count: > 0 } rules)
        {
            return;
        }

        try
        {
            cgroup.RestrictDevices(rules);
        }
        catch (SyscallException error) when (error.Errno is Errno.ENOSYS or Errno.EINVAL or Errno.EPERM)
        {
            // A guest kernel without CONFIG_CGROUP_BPF, or a test in a machine that forbids it.
            Log.Ignored(logger, id, "device rules: " + ErrorReport.OneLine(error));
        }
    }

    /// <summary>A host that creates no sandbox, as some tests do, gets namespaces with its first container.</summary>
    private async Task<SharedNamespaces> EnsureNamespacesAsync(string hostName)
    {
        if (Namespaces is { } shared)
        {
            return shared;
        }

        SharedNamespaces made = await SharedNamespaces.CreateAsync(hostName).ConfigureAwait(false);
        lock (_lock)
        {
            if (Namespaces is { } first)
            {
                made.Dispose();
                return first;
            }

            return Namespaces = made;
        }
    }
}
