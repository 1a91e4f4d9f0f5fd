using Microsoft.Extensions.Logging;
using Skerry.Config;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Oci;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;
using Skerry.Vsock;

namespace Skerry.Sandbox;

/// <summary>
/// Starts a sandbox's machine, a list of steps in order, each with its undo. The share is ready long before the agent answers,
/// so that root file systems are mounted while the guest boots.
/// </summary>
/// <remarks>The undo stack belongs to the launch until <see cref="Guest"/> has ended, to the driver's teardown afterwards.</remarks>
internal sealed class SandboxLaunch
{
    private const uint AgentPort = 1024;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private static readonly TimeSpan MachineFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MachineGrace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(5);

    private readonly SandboxServices _services;
    private readonly SandboxPaths _paths;
    private readonly LaunchConfig _config;
    private readonly SandboxTimeline _timeline;
    private readonly Func<Func<SandboxRecord, SandboxRecord>, Task> _save;
    private readonly TaskCompletionSource<IGuestShare> _share = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<SandboxGuest>? _guest;
    private ISandboxCgroup? _cgroup;

    internal SandboxLaunch(
        SandboxServices services, SandboxPaths paths, LaunchConfig config, SandboxTimeline timeline, Func<Func<SandboxRecord, SandboxRecord>, Task> save)
    {
        _services = services;
        _paths = paths;
        _config = config;
        _timeline = timeline;
        _save = save;
    }

    /// <summary>How to take everything back.</summary>
    internal RollbackStack Undo { get; } = new();

    /// <summary>The share, as soon as files can be put into it.</summary>
    internal Task<IGuestShare> Share => _share.Task;

    /// <summary>The machine, once its agent has made the sandbox.</summary>
    internal Task<SandboxGuest> Guest => _guest ?? throw new InvalidOperationException("the launch was not started");

    private ILogger Logger => _services.Log;

    /// <summary>The guest has confirmed that nothing of it is left to be written: its machine may be killed.</summary>
    internal bool GuestIsDone { get; set; }

    /// <summary>Starts; <paramref name="cancellationToken"/> ends the attempt.</summary>
    internal void Start(CancellationToken cancellationToken) => _guest = Task.Run(() => RunAsync(cancellationToken), CancellationToken.None);

    private async Task<SandboxGuest> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            MakeStateDirectory();
            WriteFiles();
            SandboxConfiguration configuration = _services.LoadConfiguration(_config.ConfigPath, _config.Spec.Annotations);
            SkerryConfig config = configuration.Config;
            var sizing = SandboxSizing.Of(configuration, _config.Spec);
            sizing.EnsureFits(HostMemory.TotalMiB());
            await _save(record => record with { Size = sizing.Terms }).ConfigureAwait(false);
            _cgroup = await MakeCgroupAsync(config).ConfigureAwait(false);
            IGuestShare share = await OpenShareAsync(config).ConfigureAwait(false);
            SandboxNetwork network = await OpenNetworkAsync(config).ConfigureAwait(false);
            (IVirtualMachine machine, IGuestChannel channel, AgentClient agent) =
                await BootAsync(config, sizing.Size, share, network, cancellationToken).ConfigureAwait(false);
            await network.ConfigureGuestAsync(agent, cancellationToken).ConfigureAwait(false);
            await CreateSandboxAsync(agent, config, network, cancellationToken).ConfigureAwait(false);
            network.Follow(machine, agent, taken => _save(record => record with { Network = taken }), cancellationToken);
            var resources = new SandboxResources(_paths.Id, configuration, machine, agent, _cgroup, Logger);
            Undo.Push("forget the machine's size", resources.Dispose);
            return new SandboxGuest(machine, channel, agent, network, config, resources, new SandboxDisks(machine, config.Hypervisor, _services.OpenDisk));
        }
        catch (Exception error)
        {
            _share.TrySetException(error);
            throw;
        }
    }

    private async Task<(IVirtualMachine Machine, IGuestChannel Channel, AgentClient Agent)> BootAsync(
        SkerryConfig config, SandboxSize size, IGuestShare share, SandboxNetwork network, CancellationToken cancellationToken)
    {
        using BootSlot slot = await BootSlot.TakeAsync(_paths.Root, _services.Clock, cancellationToken).ConfigureAwait(false);
        IVirtualMachine machine = await StartMachineAsync(config, size, share, network, cancellationToken).ConfigureAwait(false);
        IGuestChannel channel = OpenChannel(machine);
        AgentClient agent = await ReachAgentAsync(machine, channel, share, config, cancellationToken).ConfigureAwait(false);
        if (network.NamespacePath is { } path && LoopbackForwarding.TryStart(_paths.Id, path, channel, Logger) is { } forwarding)
        {
            Undo.Push("end port forwarding", forwarding.DisposeAsync);
        }

        return (machine, channel, agent);
    }

    /// <summary>The first step, and the last undo: the record goes with the directory unless an undo has failed, which "skerry gc" then tries again.</summary>
    private void MakeStateDirectory()
    {
        Directory.CreateDirectory(_paths.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Undo.Push($"remove \"{_paths.Directory}\"", () => StateDirectory.Remove(_paths, shimLives: true, keepRecord: Undo.HasFailed));
    }

    private void WriteFiles()
    {
        foreach ((string path, string text) in _config.Files)
        {
            File.WriteAllText(_paths.PodFile(path), text);
            File.SetUnixFileMode(_paths.PodFile(path), Readable);
        }
    }

    private async Task<ISandboxCgroup?> MakeCgroupAsync(SkerryConfig config)
    {
        ISandboxCgroup? cgroup = _services.OpenCgroup(CgroupRequest.Of(_paths.Id, _config.Spec, config.Runtime.SandboxCgroupOnly));
        if (cgroup is not null)
        {
            Undo.Push("remove the sandbox's cgroup", cgroup.RemoveAsync);
            await _save(record => record with { Cgroups = cgroup.Directories }).ConfigureAwait(false);
        }

        return cgroup;
    }

    private async Task<IGuestShare> OpenShareAsync(SkerryConfig config)
    {
        IGuestShare share = _services.OpenShare(new ShareRequest(_paths, config.Hypervisor));
        Undo.Push("end the share", share.DisposeAsync);
        await _save(record => record with { Processes = [.. record.Processes, .. ProcessIdentity.Describe("virtiofsd", share.ProcessIds)] }).ConfigureAwait(false);
        _timeline.Mark("share-ready");
        _share.TrySetResult(share);
        return share;
    }

    private async Task<SandboxNetwork> OpenNetworkAsync(SkerryConfig config)
    {
        SandboxNetwork network = SandboxNetwork.Open(_paths.Id, NetworkConfig.Of(_config.Spec, config.Runtime), config, Logger);
        Undo.Push("give the network back", network.DisposeAsync);
        if (network.Record is { } taken)
        {
            await _save(record => record with { Network = taken }).ConfigureAwait(false);
        }

        await network.AttachAsync().ConfigureAwait(false);
        _timeline.Mark("network-ready");
        return network;
    }

    private async Task<IVirtualMachine> StartMachineAsync(
        SkerryConfig config, SandboxSize size, IGuestShare share, SandboxNetwork network, CancellationToken cancellationToken)
    {
        SkerryConfig chosen = ContainerDisks.Choose(MachinePlan.Choose(network.Choose(config)), _config);
        MachineConfig machineConfig = network.AddTo(MachinePlan.For(_paths, chosen, size, share.Directories, _cgroup?.MachineProcsFiles ?? []));
        IVirtualMachine machine = await _services.Hypervisor.StartAsync(machineConfig, cancellationToken).ConfigureAwait(false);
        Undo.Push("stop the machine", () => StopAsync(machine));
        network.HandOver();
        await VcpuPlacement.ApplyAsync(_paths.Id, _cgroup, machine, Logger, cancellationToken).ConfigureAwait(false);
        await _save(record => record with { Processes = [.. record.Processes, .. ProcessIdentity.Describe("vmm", machine.ProcessIds)] }).ConfigureAwait(false);
        _timeline.Mark("machine-running");
        Log.AcceleratorChosen(Logger, _paths.Id.Value, machine.Accelerator.Accelerator.ToString(), machine.Accelerator.Reason);
        return machine;
    }

    private async ValueTask StopAsync(IVirtualMachine machine)
    {
        try
        {
            await machine.StopAsync(GuestIsDone ? TimeSpan.Zero : MachineGrace, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await machine.DisposeAsync().ConfigureAwait(false);
            _timeline.Mark("machine-stopped");
        }
    }

    private IGuestChannel OpenChannel(IVirtualMachine machine)
    {
        IGuestChannel channel = _services.OpenChannel(machine);
        Undo.Push("close the guest channel", channel.DisposeAsync);

        // The face every VMM has: tools connect here whatever carries the channel.
        var face = new HybridVsockServer(UnixSockets.Listen(_paths.VsockSocket, UnixFileMode.UserRead | UnixFileMode.UserWrite), channel);
        Undo.Push("close the channel's socket", face.DisposeAsync);
        return channel;
    }

    /// <summary>Waits until the agent says it serves, the machine or the share ends, or the limit is over; all but the first are errors.</summary>
    private async Task<AgentClient> ReachAgentAsync(
        IVirtualMachine machine, IGuestChannel channel, IGuestShare share, SkerryConfig config, CancellationToken cancellationToken)
    {
        long start = _services.Clock.GetTimestamp();
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<(AgentClient Agent, HealthCheckResponse Health)> dialing = DialAsync(channel, config.Agent, attempt.Token);
        Task limit = Task.Delay(config.Agent.DialTimeout, _services.Clock, attempt.Token);
        await Task.WhenAny(dialing, machine.Exited, share.Lost, limit).ConfigureAwait(false);
        TimeSpan waited = _services.Clock.GetElapsedTime(start);
        if (!dialing.IsCompletedSuccessfully)
        {
            await attempt.CancelAsync().ConfigureAwait(false);
            await ((Task)dialing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            await ThrowIfShareWasLostAsync(machine, share).ConfigureAwait(false);
            throw machine.DescribeBootFailure("the guest's agent to answer Health.Check", waited);
        }

        (AgentClient agent, HealthCheckResponse health) = await dialing.ConfigureAwait(false);
        MarkKernelUp(health, machine);
        _timeline.Mark("agent-ready");
        await attempt.CancelAsync().ConfigureAwait(false);
        Undo.Push("close the agent's connection", agent.DisposeAsync);
        Log.AgentReady(Logger, _paths.Id.Value, (long)waited.TotalMilliseconds);
        return agent;
    }

    /// <summary>
    /// The kernel was up when it started the agent, which says how long ago that was. A guest can say anything: a number that would put it
    /// before the VMM's start is passed over.
    /// </summary>
    private void MarkKernelUp(HealthCheckResponse health, IVirtualMachine machine)
    {
        MachineTimeline times = machine.Timeline;
        TimeSpan vmmRuns = _services.Clock.GetElapsedTime(times.StartTimestamp) - (times.Spawned ?? TimeSpan.Zero);
        if (health.RunningUs > 0 && health.RunningUs < vmmRuns.TotalMicroseconds)
        {
            _timeline.MarkAgo("kernel-up", TimeSpan.FromMicroseconds(health.RunningUs));
        }
    }

    // A machine that ends takes the file daemon with it, and tells more about why: let it speak first.
    private async Task ThrowIfShareWasLostAsync(IVirtualMachine machine, IGuestShare share)
    {
        if (share.Lost.IsCompleted)
        {
            await Task.WhenAny(machine.Exited, Task.Delay(MachineFirst, _services.Clock, CancellationToken.None)).ConfigureAwait(false);
            if (!machine.Exited.IsCompleted)
            {
                throw new SkerryException(FailureKind.Unavailable, await share.Lost.ConfigureAwait(false));
            }
        }
    }

    private static async Task<(AgentClient Agent, HealthCheckResponse Health)> DialAsync(IGuestChannel channel, AgentConfig config, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                VsockStream stream = await channel.ConnectAsync(AgentPort, cancellationToken).ConfigureAwait(false);
                var agent = new AgentClient(new TtrpcClient(stream), config.CreateContainerTimeout);
                try
                {
                    return (agent, await agent.CheckAsync(config.DialTimeout, cancellationToken).ConfigureAwait(false));
                }
                catch
                {
                    await agent.DisposeAsync().ConfigureAwait(false);
                    throw;
                }
            }
            catch (Exception error) when (error is IOException or SkerryException { Kind: FailureKind.Unavailable })
            {
                // Nobody listens yet. The limit is the caller's.
                await Task.Delay(RetryInterval, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private Task CreateSandboxAsync(AgentClient agent, SkerryConfig config, SandboxNetwork network, CancellationToken cancellationToken)
    {
        OciSpec spec = _config.Spec;
        var request = new CreateSandboxRequest
        {
            SandboxId = _paths.Id.Value,
            Hostname = Limit(GuestSpec.HostName(spec)),
            GuestHookPath = config.Hypervisor.GuestHookPath ?? string.Empty,
            SandboxPidns = GuestSpec.SharesPidNamespace(spec),
        };
        IReadOnlyList<string> resolver = SandboxFiles.ResolverLines(_config);
        request.Dns.Add(resolver.Count > 0 ? resolver : network.ResolverLines);
        request.Storages.Add(SandboxFiles.Storages(spec));
        request.KernelModules.Add(config.Agent.KernelModules.Select(ParseModule).Where(module => module.Name.Length > 0));
        return agent.CreateSandboxAsync(request, cancellationToken);
    }

    /// <summary>A module as the configuration writes it: its name, then its parameters.</summary>
    private static KernelModule ParseModule(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var module = new KernelModule { Name = words.FirstOrDefault(string.Empty) };
        module.Parameters.Add(words.Skip(1));
        return module;
    }

    // The kernel's host name has 64 bytes.
    private static string Limit(string hostname) => hostname.Length <= 64 ? hostname : hostname[..64];
}
