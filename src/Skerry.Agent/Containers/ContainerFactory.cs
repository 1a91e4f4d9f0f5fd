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
internal sealed class ContainerFactory(GuestPaths paths, StorageTable storages, DeviceFinder devices, ProcessLauncher launcher, AgentLogger logger)
{
    private static readonly TimeSpan s_undoLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();

    /// <summary>The namespaces all containers share; null before the sandbox is created.</summary>
    public SharedNamespaces? Namespaces { get; set; }

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
            Directory.Delete(paths.Bundle(id), recursive: true);
        }
    }

    private async Task<Container> BuildAsync(CreateContainerRequest request, RollbackStack undo, CancellationToken cancellationToken)
    {
        Spec spec = request.OCI;
        await DeviceNumbers.ResolveAsync(request, devices, cancellationToken).ConfigureAwait(false);
        List<string> mountPoints = await MountAsync(request, undo, cancellationToken).ConfigureAwait(false);
        CgroupV2 cgroup = MakeCgroup(request.ContainerId, spec, undo);
        SharedNamespaces shared = await EnsureNamespacesAsync(spec.Hostname).ConfigureAwait(false);
        var place = new InitPlace(cgroup, shared.Ipc, shared.Uts, SharesPids || request.SandboxPidns ? shared.Pid : null);
        (GuestProcess init, StartGate gate) = await launcher.StartInitAsync(place, request, cancellationToken).ConfigureAwait(false);
        bool sharesPids = SharesPids || request.SandboxPidns;
        if (sharesPids)
        {
            shared.Pid ??= Linux.Namespaces.Open(init.Pid, CloneFlags.CLONE_NEWPID);
        }

        return new Container(
            new ContainerParts
            {
                Id = request.ContainerId,
                Cgroup = cgroup,
                Init = init,
                Gate = gate,
                Launcher = launcher,
                Seccomp = spec.Linux?.Seccomp,
                MountPoints = mountPoints,
                KillsWithInit = sharesPids,
            },
            logger);
    }

    private static void Validate(CreateContainerRequest request)
    {
        if (request.OCI?.Process is null || request.OCI.Root is not { Path.Length: > 0 })
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"the request for container \"{request.ContainerId}\" has no process or no root");
        }

        string? unknown = request.SharedMounts.Count > 0 ? "shared mounts"
            : request.Storages.Any(s => s.FsGroup is not null) ? "fs_group of storages"
            : request.OCI.Linux?.UIDMappings.Count > 0 ? "user namespaces"
            : null;
        if (unknown is not null)
        {
            throw new SkerryException(FailureKind.Unimplemented, $"container \"{request.ContainerId}\" asks for {unknown}, which this agent does not have");
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
        return cgroup;
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
