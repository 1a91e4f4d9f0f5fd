using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests.Cri;

/// <summary>A pod sandbox of a <see cref="CriHost"/>; disposal stops and removes it.</summary>
public sealed class Pod(CriHost host, string id, SandboxConfig config) : IAsyncDisposable
{
    private bool _removed;

    public CriHost Host => host;

    public string Id => id;

    public SandboxConfig Config => config;

    /// <summary>What the host may have left of this pod.</summary>
    public Leftovers Leftovers => new(id);

    /// <summary>Creates and starts a container of the busybox image.</summary>
    public async Task<PodContainer> StartAsync(string name, IEnumerable<string> command, Action<ContainerConfig>? change = null)
    {
        PodContainer container = await CreateAsync(name, command, change);
        await container.StartAsync();
        return container;
    }

    public async Task<PodContainer> CreateAsync(string name, IEnumerable<string> command, Action<ContainerConfig>? change = null)
    {
        var container = new ContainerConfig
        {
            Metadata = new ContainerMetadata { Name = name },
            Image = new Image { Image_ = BusyboxImage.Name },
            LogPath = $"{name}.log",
            Linux = new LinuxContainer
            {
                Resources = new Resources(),
                SecurityContext = new ContainerSecurity { NamespaceOptions = new NamespaceOption { Pid = NamespaceMode.Container } },
            },
        };
        container.Command.Add(command);
        change?.Invoke(container);
        CreateContainerResponse response = await host.CallAsync(
            "CreateContainer", new CreateContainerRequest { PodSandboxId = id, Config = container, SandboxConfig = config }, CreateContainerResponse.Parser);
        return new PodContainer(this, response.ContainerId, container);
    }

    /// <summary>Runs a container to its end and gives its log, output and error as they came.</summary>
    public async Task<string> RunAsync(string name, IEnumerable<string> command, Action<ContainerConfig>? change = null)
    {
        PodContainer container = await StartAsync(name, command, change);
        await container.ExitedAsync();
        return container.Log();
    }

    /// <summary>A connection to a port of the pod's loopback, as <c>kubectl port-forward</c> makes it; its data is channel 0, behind two bytes of port.</summary>
    public async Task<RemoteStream> ForwardAsync(int port)
    {
        StreamResponse response = await host.CallAsync("PortForward", new PortForwardRequest { PodSandboxId = id, Port = { port } }, StreamResponse.Parser);
        return await RemoteStream.OpenAsync(host, response.Url);
    }

    public async Task<PodSandboxStatusResponse> StatusAsync() =>
        await host.CallAsync("PodSandboxStatus", new PodSandboxStatusRequest { PodSandboxId = id, Verbose = true }, PodSandboxStatusResponse.Parser);

    public Task StopAsync() => host.CallAsync("StopPodSandbox", new StopPodSandboxRequest { PodSandboxId = id }, StopPodSandboxResponse.Parser);

    /// <summary>Stops and removes it, expects that it left nothing, and removes its cgroup as the kubelet does.</summary>
    public async Task RemoveAsync()
    {
        await EndAsync();
        await ExpectNothingLeftAsync();
    }

    /// <summary>Stops and removes it: the calls alone.</summary>
    public async Task EndAsync()
    {
        await StopAsync();
        await host.CallAsync("RemovePodSandbox", new RemovePodSandboxRequest { PodSandboxId = id }, RemovePodSandboxResponse.Parser);
        _removed = true;
    }

    /// <summary>Expects that nothing is left of it, once it is removed; then removes its cgroup, which was the kubelet's to make.</summary>
    /// <exception cref="HostException">Something is left, named in the message.</exception>
    public async Task ExpectNothingLeftAsync()
    {
        await Leftovers.AssertNoneAsync();
        CriHost.ExpectNoCgroupsBelow(config.Linux.CgroupParent);
        CriHost.RemoveCgroups(config.Linux.CgroupParent);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_removed)
        {
            await RemoveAsync();
        }
    }
}
