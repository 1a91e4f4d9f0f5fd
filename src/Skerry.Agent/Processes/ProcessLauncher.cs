using System.Text;
using Skerry.Agent.Console;
using Skerry.Agent.Containers;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Cgroups;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Processes;

/// <summary>Starts the processes of containers: an init in namespaces of its own, further processes in those of an init.</summary>
internal sealed class ProcessLauncher(StreamExchange exchange, uint pipeSizeBytes, IExitSource exits, AgentLogger logger)
{
    private const int MaxUserFileBytes = 4 * 1024 * 1024;

    private const CloneFlags AllOfContainer =
        CloneFlags.CLONE_NEWNS | CloneFlags.CLONE_NEWPID | CloneFlags.CLONE_NEWIPC | CloneFlags.CLONE_NEWUTS | CloneFlags.CLONE_NEWCGROUP;

    /// <summary>Starts the init of a container, up to its gate.</summary>
    /// <param name="place">Where it goes.</param>
    /// <param name="request">What it is.</param>
    /// <param name="cancellationToken">Gives up waiting for its streams.</param>
    /// <exception cref="SkerryException">A step failed; the process is gone.</exception>
    public async Task<(GuestProcess Init, StartGate Gate)> StartInitAsync(InitPlace place, CreateContainerRequest request, CancellationToken cancellationToken)
    {
        Spec spec = request.OCI;
        var ignored = new List<string>();
        ProcessStdio stdio = await ProcessStdio.CreateAsync(StdioRequest.From(request), exchange, pipeSizeBytes, cancellationToken).ConfigureAwait(false);
        try
        {
            (FileDescriptor gateReader, FileDescriptor gateWriter) = Pipes.Create();
            using (gateReader)
            {
                SpawnRequest plan = ProcessPlan.Build(spec.Process, request.StringUser, UsersOf(spec), spec.Linux?.Seccomp, stdio, ignored) with
                {
                    Namespaces = CloneFlags.CLONE_NEWNS | CloneFlags.CLONE_NEWCGROUP | (place.Pid is null ? CloneFlags.CLONE_NEWPID : CloneFlags.None),
                    JoinNamespaces = place.Joins,
                    CgroupProcsFiles = [place.Cgroup.ProcsFile],
                    RootSwitch = new RootSwitch(spec.Root.Path, spec.Root.Readonly, MountPlan.RootPropagation(spec.Linux?.RootfsPropagation ?? string.Empty)),
                    MountSteps = MountPlan.Build(spec),
                    Sysctls = Sysctls(spec.Linux),
                    StartGate = gateReader,
                };
                SpawnedProcess process = await SpawnAsync(plan, place.Cgroup).ConfigureAwait(false);
                WarnIgnored(request.ContainerId, ignored);
                stdio.AttachTerminal(process.Terminal);
                return (new GuestProcess(request.ContainerId, request.ContainerId, process, stdio, logger), new StartGate(gateWriter, process, plan));
            }
        }
        catch
        {
            await stdio.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts a further process of a container.</summary>
    /// <param name="parts">The container.</param>
    /// <param name="request">What it is.</param>
    /// <param name="cancellationToken">Gives up waiting for its streams.</param>
    /// <exception cref="SkerryException">A step failed; the process is gone.</exception>
    public async Task<GuestProcess> StartExecAsync(ContainerParts parts, ExecProcessRequest request, CancellationToken cancellationToken)
    {
        var ignored = new List<string>();
        ProcessStdio stdio = await ProcessStdio.CreateAsync(StdioRequest.From(request), exchange, pipeSizeBytes, cancellationToken).ConfigureAwait(false);
        try
        {
            SpawnRequest plan = ProcessPlan.Build(
                request.Process, request.StringUser, ReadUsers($"/proc/{parts.Init.Pid}/root", []), parts.Seccomp, stdio, ignored) with
            {
                JoinNamespaces = [(parts.Init.PidFd, AllOfContainer)],
                CgroupProcsFiles = [parts.Cgroup.ProcsFile],
            };
            SpawnedProcess process = await SpawnAsync(plan, parts.Cgroup).ConfigureAwait(false);
            WarnIgnored(request.ContainerId, ignored);
            stdio.AttachTerminal(process.Terminal);
            return new GuestProcess(request.ContainerId, request.ExecId, process, stdio, logger);
        }
        catch
        {
            await stdio.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts a program that is no process of the container's list: a hook.</summary>
    /// <exception cref="SkerryException">A step failed; the process is gone.</exception>
    public Task<SpawnedProcess> StartHookAsync(SpawnRequest plan, CgroupV2 cgroup) => SpawnAsync(plan, cgroup);

    private static List<(string Key, string Value)> Sysctls(Protocols.Agent.Oci.Linux? linux)
    {
        var sysctls = new List<(string Key, string Value)>();
        foreach ((string key, string value) in linux?.Sysctl ?? [])
        {
            sysctls.Add((key, value));
        }

        return sysctls;
    }

    private async Task<SpawnedProcess> SpawnAsync(SpawnRequest plan, CgroupV2 cgroup)
    {
        try
        {
            return await Spawner.SpawnAsync(plan, exits).ConfigureAwait(false);
        }
        catch (SpawnException error) when (error.Errno == Errno.ESRCH && cgroup.OomKills > 0)
        {
            throw StartErrors.OutOfMemory();
        }
        catch (SpawnException error)
        {
            throw StartErrors.Translate(plan.Path, plan.WorkingDirectory, error.Failure);
        }
    }

    private void WarnIgnored(string containerId, List<string> ignored)
    {
        if (ignored.Count > 0)
        {
            Log.Ignored(logger, containerId, string.Join(", ", ignored));
        }
    }

    private static UserDatabase UsersOf(Spec spec) => ReadUsers(spec.Root.Path, spec.Mounts);

    /// <summary>A user file may come from a mount that is not there before the process is.</summary>
    private static UserDatabase ReadUsers(string root, IEnumerable<Mount> mounts)
    {
        Mount[] binds = [.. mounts.Where(m => m.Destination is "/etc/passwd" or "/etc/group")];
        return new UserDatabase(Read("/etc/passwd"), Read("/etc/group"));

        string Read(string path)
        {
            string? source = binds.LastOrDefault(m => m.Destination == path)?.Source;
            byte[]? bytes = source is null ? RootedFiles.TryRead(root, path, MaxUserFileBytes) : RootedFiles.TryRead("/", source, MaxUserFileBytes);
            return Encoding.UTF8.GetString(bytes ?? []);
        }
    }
}
