using Skerry.Core;
using Skerry.Linux;
using Skerry.Oci;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Sandbox;

/// <content>Making a container: admission, launch of the machine if it is the first, share, streams, the agent's part.</content>
public sealed partial class SandboxDriver
{
    private static readonly TimeSpan UndoLimit = TimeSpan.FromSeconds(5);

    /// <summary>Makes a container, and the machine when there is none; its first process waits for <see cref="StartAsync"/>.</summary>
    /// <returns>The process id that stands for it.</returns>
    /// <exception cref="SkerryException">Whatever failed; nothing of the container is left then, nor of the machine if it has no other.</exception>
    public async Task<int> CreateAsync(ContainerConfig config, CancellationToken cancellationToken)
    {
        Timeline.Mark("create");
        OciSpec spec = ReadSpec(config.Bundle);
        GuestSpec.RequireOffered(config.Id, spec);
        Container container = await OnDriverAsync(() => Admit(config, spec)).ConfigureAwait(false);
        try
        {
            SandboxLaunch launch = await OnDriverAsync(() => RequireLaunch(container)).ConfigureAwait(false);
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
            await BuildAsync(container, launch, cancel.Token).ConfigureAwait(false);
            await OnDriverAsync(() => MarkCreated(container, launch.Guest.Result)).ConfigureAwait(false);
            Timeline.Mark("container-created");
            return ProcessId;
        }
        catch (Exception error)
        {
            throw await AbandonAsync(container, error).ConfigureAwait(false);
        }
    }

    private static OciSpec ReadSpec(string bundle)
    {
        string path = Path.Combine(bundle, "config.json");
        try
        {
            return OciSpec.Parse(File.ReadAllBytes(path), path).EnsureValid(path);
        }
        catch (IOException error)
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"cannot read \"{path}\"", cause: error);
        }
    }

    private Container Admit(ContainerConfig config, OciSpec spec)
    {
        if (_state is SandboxState.Stopping or SandboxState.Stopped)
        {
            throw new SkerryException(FailureKind.FailedPrecondition, $"sandbox \"{Paths.Id}\" has ended; no container can be created in it");
        }

        if (_state is SandboxState.Prepared)
        {
            throw new SkerryException(FailureKind.FailedPrecondition, $"sandbox \"{Paths.Id}\" was not started; no container can be created in it yet");
        }

        if (_containers.ContainsKey(config.Id))
        {
            throw new SkerryException(FailureKind.AlreadyExists, $"container \"{config.Id}\" exists already");
        }

        var container = new Container(config, _standsAlone ? PodMember.Join(spec, _config!, Paths) : spec);
        _containers.Add(config.Id, container);
        return container;
    }

    /// <summary>The launch, begun for <paramref name="container"/> when it is the first.</summary>
    private SandboxLaunch RequireLaunch(Container container)
    {
        SandboxLaunch launch = _launch ?? BeginLaunch(new LaunchConfig
        {
            First = container,
            Spec = container.Spec,
            Bundle = container.Config.Bundle,
            ConfigPath = container.Config.ConfigPath,
        });
        SaveRecord(record => record with { Containers = [.. _containers.Values.Select(each => new ContainerRecord(each.Id.Value, each.Config.Bundle))] });
        return launch;
    }

    private SandboxLaunch BeginLaunch(LaunchConfig config)
    {
        _config = config;
        _launch = new SandboxLaunch(_services, Paths, config, Timeline, change => OnDriverAsync(() => SaveRecord(change, required: true)));
        SetState(SandboxState.Launching);
        _launch.Start(_stopping.Token);
        _launched = FollowLaunchAsync(_launch);
        Track(_launched);
        return _launch;
    }

    private async Task FollowLaunchAsync(SandboxLaunch launch)
    {
        await ((Task)launch.Guest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!launch.Guest.IsCompletedSuccessfully)
        {
            await OnDriverAsync(() => FailLaunch(launch.Guest)).ConfigureAwait(false);
            return;
        }

        SandboxGuest guest = launch.Guest.Result;
        Volatile.Write(ref _pid, guest.Machine.ProcessId);
        await OnDriverAsync(() =>
        {
            if (_state == SandboxState.Launching)
            {
                SetState(SandboxState.Ready);
            }

            Track(WatchMachineAsync(guest));
            Track(WatchAgentAsync(guest));
            Track(WatchShareAsync(guest, launch.Share.Result));
            Track(WatchMemoryAsync(guest));
        }).ConfigureAwait(false);
    }

    /// <summary>Root file system and volumes are mounted while the machine boots; the rest needs the agent.</summary>
    private async Task BuildAsync(Container container, SandboxLaunch launch, CancellationToken cancellationToken)
    {
        IReadOnlyList<PlannedMount> mounts = await _services.Host.LookAsync(
            () => MountPlan.For(container.Id, container.Spec, path => FileKinds.Of(path), GuestVolumes.At)).ConfigureAwait(false);
        WarnOfDevices(container);
        Task<StdioFiles> opening = StdioFiles.OpenAsync(container.Config.Stdio, container.Id, Namespace, _log, cancellationToken);
        StdioFiles? files = null;
        SandboxGuest guest;
        GuestDisks disks;
        bool rootOnDisk;
        try
        {
            IGuestShare share = await launch.Share.WaitAsync(cancellationToken).ConfigureAwait(false);
            rootOnDisk = await ContainerDisks.HasRootDiskAsync(container, launch, cancellationToken).ConfigureAwait(false);
            ShareFiles(container, share, mounts, withRoot: !rootOnDisk);
            Timeline.Mark("rootfs-shared");
            files = await opening.ConfigureAwait(false);
            guest = await launch.Guest.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await DiscardAsync(files, opening).ConfigureAwait(false);
            throw;
        }

        try
        {
            await FitAsync(guest, container, container.Resources, cancellationToken).ConfigureAwait(false);
            disks = await ContainerDisks.PlugAsync(container, rootOnDisk, guest, cancellationToken).ConfigureAwait(false);
            await ContainerHooks.CreatingAsync(container, guest.Machine.ProcessId, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await files.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        ProcessStreams streams = await ConnectStreamsAsync(guest, container.Init, files, cancellationToken).ConfigureAwait(false);
        container.Init.Streams = streams;
        container.Undo.Push("close its streams", streams.DisposeAsync);
        await CreateInGuestAsync(container, guest, mounts, disks, streams, cancellationToken).ConfigureAwait(false);
    }

    private void WarnOfDevices(Container container)
    {
        string[] absent = [.. (container.Spec.Linux?.Devices ?? []).Where(device => !GuestDevices.Exists(device) && container.Disks.All(disk => disk.Path != device.Path)).Select(device => device.Path)];
        if (absent.Length > 0)
        {
            Log.DevicesLeftOut(_log, container.Id.Value, absent.Length, absent[0]);
        }
    }

    private static async Task DiscardAsync(StdioFiles? files, Task<StdioFiles> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        files ??= opening.IsCompletedSuccessfully ? opening.Result : null;
        if (files is not null)
        {
            await files.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void ShareFiles(Container container, IGuestShare share, IReadOnlyList<PlannedMount> mounts, bool withRoot)
    {
        // One thread mounts at a time: a share's calls are not meant to run beside each other.
        lock (share)
        {
            container.Undo.Push("take its files out of the share", () =>
            {
                lock (share)
                {
                    share.Remove(container.Id);
                }
            });
            if (withRoot)
            {
                share.AddRootFs(container.Id, container.Config.RootFs, Path.Combine(container.Config.Bundle, container.Spec.Root?.Path ?? "rootfs"));
            }

            foreach (PlannedMount planned in mounts)
            {
                AddMount(container, share, planned);
            }
        }
    }

    private void AddMount(Container container, IGuestShare share, PlannedMount planned)
    {
        if (planned.Warning is { } warning)
        {
            Log.MountWarning(_log, container.Id.Value, warning);
        }

        switch (planned.Route)
        {
            case MountRoute.Share:
                share.AddBind(container.Id, planned.ShareName, planned.Mount.Source!, planned.Recursive, planned.Access);
                break;
            case MountRoute.MountAndShare:
                AddFileSystem(container, share, planned);
                break;
            default:
                break;
        }
    }

    private static void AddFileSystem(Container container, IGuestShare share, PlannedMount planned)
    {
        try
        {
            share.AddFileSystem(container.Id, planned.ShareName, planned.Mount);
        }
        catch (SyscallException error)
        {
            // As the guest's agent and runc say it.
            throw new SkerryException(
                error.Kind,
                $"unable to start container process: error during container init: error mounting \"{planned.Mount.Source}\" to rootfs at \"{planned.Mount.Destination}\": "
                + $"mount {planned.Mount.Source}:{planned.Mount.Destination}: {SyscallException.TextOf(error.Errno)}");
        }
    }

    private Task<ProcessStreams> ConnectStreamsAsync(SandboxGuest guest, GuestProcess process, StdioFiles files, CancellationToken cancellationToken)
    {
        string name = process.IsInit ? process.ContainerId.Value : $"{process.ContainerId}/{process.ExecId}";
        return ProcessStreams.ConnectAsync(
            guest.Channel, files, process.Stdio.Terminal, name, _log, () => Timeline.Mark("first-output"), cancellationToken);
    }

    private static async Task CreateInGuestAsync(
        Container container,
        SandboxGuest guest,
        IReadOnlyList<PlannedMount> mounts,
        GuestDisks disks,
        ProcessStreams streams,
        CancellationToken cancellationToken)
    {
        var request = new CreateContainerRequest
        {
            ContainerId = container.Id.Value,
            ExecId = container.Id.Value,
            OCI = GuestSpec.Rewrite(container.Id, container.Spec, mounts, container.Disks, keepSeccomp: !guest.Config.Runtime.DisableGuestSeccomp),
            SandboxPidns = GuestSpec.SharesPidNamespace(container.Spec),
            StdinPort = streams.StdinPort,
            StdoutPort = streams.StdoutPort,
            StderrPort = streams.StderrPort,
        };
        if (disks.Root is { } root)
        {
            request.Storages.Add(root);
            request.OCI.Root.Path = root.MountPoint;
        }

        request.Storages.Add(mounts.Select(mount => mount.Storage).OfType<Storage>());
        request.Devices.Add(disks.Devices);
        await AskForContainerAsync(request, guest, disks, cancellationToken).ConfigureAwait(false);
        container.Undo.Push("remove it in the guest", () => RemoveInGuestAsync(guest, container.Id));
    }

    private static async Task AskForContainerAsync(CreateContainerRequest request, SandboxGuest guest, GuestDisks disks, CancellationToken cancellationToken)
    {
        try
        {
            await guest.Agent.CreateContainerAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (TtrpcException error) when (error.Code == AgentStatus.DeviceAbsent && disks.Any)
        {
            guest.Disks.GuestIsBlind = true;
            throw ContainerDisks.NotFound(error, guest, ConsoleTailBytes);
        }
    }

    private static async ValueTask RemoveInGuestAsync(SandboxGuest guest, ContainerId id)
    {
        if (!guest.Agent.Closed.IsCompleted)
        {
            await guest.Agent.RemoveContainerAsync(id.Value, UndoLimit, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private void MarkCreated(Container container, SandboxGuest guest)
    {
        if (_state is SandboxState.Stopping or SandboxState.Stopped)
        {
            throw new SkerryException(FailureKind.Unavailable, $"the machine of sandbox \"{Paths.Id}\" has ended");
        }

        container.Init.MarkCreated();
        _events.Created(container.Config, guest.Machine.ProcessId);
        Track(WatchProcessAsync(guest, container.Init));
    }

    /// <summary>Takes back what a failed creation has taken, and gives the error to throw, with what is known about the machine.</summary>
    private async Task<Exception> AbandonAsync(Container container, Exception error)
    {
        Exception reason = await OnDriverAsync(() => Explain(error)).ConfigureAwait(false);
        IReadOnlyList<Exception> failures = await container.Undo.RollBackAsync().ConfigureAwait(false);
        bool last = await OnDriverAsync(() =>
        {
            _containers.Remove(container.Id);
            FitToTheRest();
            return !_standsAlone && (_containers.Count == 0 || IsSandboxItself(container.Id));
        }).ConfigureAwait(false);
        if (last)
        {
            await StopAsync().ConfigureAwait(false);
        }

        if (reason is SkerryException known)
        {
            foreach (Exception failure in failures)
            {
                known.CleanupFailures.Add(failure);
            }
        }

        return reason;
    }

    /// <summary>An error of the channel says little when the machine is what failed.</summary>
    private Exception Explain(Exception error)
    {
        if (error is OperationCanceledException && _stopping.IsCancellationRequested)
        {
            return new SkerryException(FailureKind.Unavailable, _lostReason ?? $"sandbox \"{Paths.Id}\" was stopped", cause: error);
        }

        return _lostReason is { } lost && ErrorReport.KindOf(error) == FailureKind.Unavailable
            ? new SkerryException(FailureKind.GuestFailed, lost, cause: error)
            : error;
    }
}
