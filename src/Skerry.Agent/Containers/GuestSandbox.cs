using Skerry.Agent.Boot;
using Skerry.Agent.Console;
using Skerry.Agent.Storages;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols.Agent;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Containers;

/// <summary>The one sandbox this agent serves: its namespaces, its storages, its containers.</summary>
/// <remarks>Requests come at the same time; <see cref="_lock"/> guards the table, every container guards itself.</remarks>
internal sealed class GuestSandbox : IAsyncDisposable
{
    private static readonly TimeSpan s_removeLimit = TimeSpan.FromSeconds(10);

    private readonly GuestPaths _paths;
    private readonly AgentLogger _logger;
    private readonly ContainerFactory _factory;
    private readonly GuestHooks _hooks;
    private readonly TaskCompletionSource _destroyed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Container?> _containers = new(StringComparer.Ordinal);
    private readonly bool _endsWithMachine;
    private List<string> _mountPoints = [];
    private bool _created;

    /// <summary>Makes a sandbox that nobody has asked for yet.</summary>
    /// <param name="paths">Where things stand.</param>
    /// <param name="storages">What is mounted.</param>
    /// <param name="factory">Makes containers.</param>
    /// <param name="hooks">Programs of the guest that containers run.</param>
    /// <param name="endsWithMachine">True in a guest, whose machine ends after the sandbox.</param>
    /// <param name="logger">The log.</param>
    public GuestSandbox(GuestPaths paths, StorageTable storages, ContainerFactory factory, GuestHooks hooks, bool endsWithMachine, AgentLogger logger)
    {
        _paths = paths;
        _endsWithMachine = endsWithMachine;
        _logger = logger;
        _factory = factory;
        _hooks = hooks;
        factory.FindContainer = TryFind;
        Storages = storages;
    }

    /// <summary>What is mounted for the sandbox and its containers.</summary>
    public StorageTable Storages { get; }

    /// <summary>The containers that ran out of memory.</summary>
    public OutOfMemoryQueue OutOfMemory { get; } = new();

    /// <summary>Completes when the host has asked for the end and everything is given back.</summary>
    public Task Destroyed => _destroyed.Task;

    /// <summary>Prepares what all containers share.</summary>
    /// <exception cref="SkerryException">FailedPrecondition when it was asked before; else what a step failed with.</exception>
    public async Task CreateAsync(CreateSandboxRequest request, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_created)
            {
                throw new SkerryException(FailureKind.FailedPrecondition, "the sandbox was created before");
            }

            _created = true;
        }

        Directory.CreateDirectory(_paths.SharedContainers);
        Directory.CreateDirectory(_paths.SandboxDirectory);
        await ModuleLoader.LoadNamedAsync(request.KernelModules, cancellationToken).ConfigureAwait(false);
        _factory.Namespaces = await SharedNamespaces.CreateAsync(request.Hostname).ConfigureAwait(false);
        _factory.SharesPids = request.SandboxPidns;
        foreach (StorageRequest storage in request.Storages)
        {
            await Storages.AddAsync(storage, cancellationToken).ConfigureAwait(false);
            _mountPoints.Add(storage.MountPoint);
        }

        _hooks.Scan(request.GuestHookPath);
        ResolverFile.Write(_paths, request.Dns);
    }

    /// <summary>The container of that id.</summary>
    /// <exception cref="SkerryException">InvalidArgument when there is none, which is what Kata's runtime expects.</exception>
    public Container Container(string id)
    {
        lock (_lock)
        {
            return _containers.GetValueOrDefault(id)
                ?? throw new SkerryException(FailureKind.InvalidArgument, $"container \"{id}\" does not exist");
        }
    }

    /// <summary>Makes a container up to the point where its init waits to run the program.</summary>
    /// <exception cref="SkerryException">AlreadyExists; else what a step failed with, after everything before it was undone.</exception>
    public async Task CreateContainerAsync(CreateContainerRequest request, CancellationToken cancellationToken)
    {
        string id = ContainerId.Parse(request.ContainerId).Value;
        lock (_lock)
        {
            if (!_containers.TryAdd(id, null))
            {
                throw new SkerryException(FailureKind.AlreadyExists, $"container \"{id}\" exists");
            }
        }

        Container? container = null;
        try
        {
            container = await _factory.CreateAsync(request, cancellationToken).ConfigureAwait(false);
            Log.ContainerCreated(_logger, id, container.Init.Pid);
        }
        finally
        {
            lock (_lock)
            {
                if (container is null)
                {
                    _containers.Remove(id);
                }
                else
                {
                    _containers[id] = container;
                }
            }
        }
    }

    /// <summary>Kills a container and gives back what it holds.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="limit">How long its processes may take to end; zero for the default.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task RemoveContainerAsync(string id, TimeSpan limit, CancellationToken cancellationToken)
    {
        Container container = Container(id);
        await container.RemoveAsync(limit > TimeSpan.Zero ? limit : s_removeLimit, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (!_containers.Remove(id))
            {
                return;
            }
        }

        await container.DisposeAsync().ConfigureAwait(false);
        foreach (string mountPoint in container.MountPoints.Reverse())
        {
            await Storages.ReleaseAsync(mountPoint, CancellationToken.None).ConfigureAwait(false);
        }

        _factory.RemoveBundle(id);
    }

    /// <summary>
    /// Kills everything and writes back, so that the machine may be switched off or killed afterwards; what ends with the machine is only
    /// given back where there is none that ends.
    /// </summary>
    public async Task DestroyAsync(CancellationToken cancellationToken)
    {
        Log.Destroying(_logger);
        if (_endsWithMachine)
        {
            await KillAllAsync().ConfigureAwait(false);
            await Storages.UnmountDisksAsync().ConfigureAwait(false);
        }
        else
        {
            await DisposeAsync().ConfigureAwait(false);
        }

        MachinePower.Sync();
        _destroyed.TrySetResult();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Gives back what all containers and the sandbox hold.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Containers().Select(c => RemoveQuietlyAsync(c.Id))).ConfigureAwait(false);
        foreach (string mountPoint in Interlocked.Exchange(ref _mountPoints, []))
        {
            await Storages.ReleaseAsync(mountPoint, CancellationToken.None).ConfigureAwait(false);
        }

        _factory.Namespaces?.Dispose();
        _factory.Namespaces = null;
    }

    private Container[] Containers()
    {
        lock (_lock)
        {
            return [.. _containers.Values.OfType<Container>()];
        }
    }

    private async Task KillAllAsync()
    {
        var ending = new List<Task>();
        foreach (Container container in Containers())
        {
            ending.Add(container.HasPoststopHooks ? RemoveQuietlyAsync(container.Id) : KillAsync(container));
        }

        await Task.WhenAll(ending).WaitAsync(s_removeLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static Task<int> KillAsync(Container container)
    {
        container.Kill();
        return container.Init.Exited;
    }

    private Container? TryFind(string idOrName)
    {
        lock (_lock)
        {
            return _containers.GetValueOrDefault(idOrName) ?? _containers.Values.FirstOrDefault(c => c is not null && c.Name.Length > 0 && c.Name == idOrName);
        }
    }

    private async Task RemoveQuietlyAsync(string id)
    {
        try
        {
            await RemoveContainerAsync(id, s_removeLimit, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SkerryException or TimeoutException or IOException)
        {
            Log.CleanupFailed(_logger, "give back what is left", id, error);
        }
    }
}
