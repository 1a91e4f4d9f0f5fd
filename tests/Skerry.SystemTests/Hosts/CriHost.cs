using System.Diagnostics;
using Google.Protobuf;
using Skerry.SystemTests.Cri;

namespace Skerry.SystemTests.Hosts;

/// <summary>
/// A containerd with its CRI plugin and real CNI plugins, as a node has it, in a network namespace of its own: bridge, port
/// mappings and streaming server are nobody else's. Root, state, sockets and the network's records live in one directory.
/// </summary>
public sealed class CriHost : IAsyncDisposable
{
    /// <summary>The handler whose runtime is ours.</summary>
    public const string Skerry = "skerry";

    /// <summary>The handler that also keeps the host's devices out of privileged containers.</summary>
    public const string SkerryWithoutDevices = "skerry-no-devices";

    /// <summary>The handler whose machines grow with their containers.</summary>
    public const string Growing = "skerry-growing";

    /// <summary>The handler whose runtime is runc, to compare with.</summary>
    public const string Runc = "runc";

    /// <summary>Handlers of our runtime whose network plugins fail, make no interface, or make two with one Ethernet address.</summary>
    public const string FailingNetwork = "skerry-network-fails";
    public const string NoInterface = "skerry-no-interface";
    public const string Twins = "skerry-twins";

    /// <summary>The Ethernet address of both interfaces of <see cref="Twins"/>.</summary>
    public const string TwinsMac = "02:00:00:00:00:42";

    /// <summary>Small machines, so that many fit; sized once, from what the kubelet says of the pod.</summary>
    private const string Configuration = """
        [hypervisor.qemu]
        default_vcpus = 1
        default_memory = 256
        enable_annotations = ["default_vcpus", "default_memory", "kernel_params", "machine_type"]
        [runtime]
        static_sandbox_resource_mgmt = true
        """;

    /// <summary>Machines that start small and grow; they give back what the guest frees, and pin their processors.</summary>
    private const string GrowingConfiguration = """
        [hypervisor.qemu]
        default_vcpus = 1
        default_memory = 256
        default_maxvcpus = 2
        memory_slots = 2
        reclaim_guest_freed_memory = true
        enable_annotations = ["enable_virtio_mem", "machine_type", "kernel_params"]
        [runtime]
        static_sandbox_resource_mgmt = false
        enable_vcpus_pinning = true
        """;

    private readonly string _directory;
    private readonly string _netns;
    private readonly Dictionary<string, string> _environment;
    private readonly List<Pod> _pods = [];
    private readonly CriClient _client;
    private Process? _process;

    private CriHost(string directory)
    {
        _directory = directory;
        _netns = Path.GetFileName(directory);
        StateDirectory = Path.Combine(directory, "skerry");
        _client = new CriClient(Address);
        _environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{Checkout.BinDirectory}:{Environment.GetEnvironmentVariable("PATH")}",
            ["SKERRY_STATE_DIR"] = StateDirectory,
            ["TMPDIR"] = TemporaryDirectory,
        };
    }

    /// <summary>The private directory of sandboxes.</summary>
    public string StateDirectory { get; }

    /// <summary>The directory of everything this host has; in the arguments and mounts of all that it starts.</summary>
    public string DirectoryPath => _directory;

    /// <summary>Where containerd and what it starts keep temporary files.</summary>
    public string TemporaryDirectory => Path.Combine(_directory, "tmp");

    /// <summary>The process of containerd.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("containerd does not run");

    /// <summary>A directory for volumes and logs; removed with the host.</summary>
    public string VolumeDirectory => Path.Combine(_directory, "volumes");

    /// <summary>The environment of this containerd and of programs that work with it.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables => _environment;

    /// <summary>Whether this machine shares processors out by version 1 of cgroups, which tells threads apart.</summary>
    public static bool SplitsThreads => File.ReadLines("/proc/self/cgroup").Any(line => line.Split(':', 3)[1].Split(',').Contains("cpu"));

    /// <summary>What the host may have left on the machine.</summary>
    public Leftovers Leftovers => new(_directory);

    /// <summary>The network namespace of containerd itself, as a path.</summary>
    public string NetworkNamespace => $"/run/netns/{_netns}";

    public string Address => Path.Combine(_directory, "c.sock");

    /// <summary>The cgroup, in every hierarchy, below which all pods have theirs.</summary>
    public string CgroupParent => $"/{_netns}";

    public static async Task<CriHost> StartAsync()
    {
        var host = new CriHost(Directory.CreateTempSubdirectory("sky-").FullName);
        (await Tool.RunAsync("ip", ["netns", "add", host._netns])).Ok();
        try
        {
            await host.PrepareAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls the CRI.</summary>
    public Task<TResponse> CallAsync<TResponse>(string method, IMessage request, MessageParser<TResponse> parser)
        where TResponse : IMessage<TResponse> => _client.CallAsync(method, request, parser);

    /// <summary>Runs a pod and waits until it is ready.</summary>
    /// <param name="name">Its name; a pod is recognised by it everywhere.</param>
    /// <param name="change">Changes the configuration before it is used.</param>
    /// <param name="handler">The runtime handler.</param>
    public async Task<Pod> RunPodAsync(string name, Action<SandboxConfig>? change = null, string handler = Skerry)
    {
        var config = new SandboxConfig
        {
            Metadata = new SandboxMetadata { Name = name, Uid = $"uid-{name}", Namespace = "default" },
            Hostname = name,
            LogDirectory = Path.Combine(VolumeDirectory, $"log-{name}"),
            DnsConfig = new DnsConfig { Servers = { "10.96.0.10" }, Searches = { "default.svc.cluster.local" } },
            Linux = new LinuxSandbox
            {
                CgroupParent = $"{CgroupParent}/{name}",
                SecurityContext = new SandboxSecurity { NamespaceOptions = new NamespaceOption { Pid = NamespaceMode.Container } },
            },
        };
        change?.Invoke(config);
        Directory.CreateDirectory(config.LogDirectory);
        MakeCgroups(config.Linux.CgroupParent);
        RunPodSandboxResponse response = await CallAsync(
            "RunPodSandbox", new RunPodSandboxRequest { Config = config, RuntimeHandler = handler }, RunPodSandboxResponse.Parser);
        var pod = new Pod(this, response.PodSandboxId, config);
        lock (_pods)
        {
            _pods.Add(pod);
        }

        return pod;
    }

    public Task<ToolResult> CtrAsync(params IEnumerable<string> arguments) =>
        Tool.RunAsync("ctr", ["-a", Address, "-n", "k8s.io", .. arguments], _environment);

    /// <summary>What containerd, and through it its shims, have logged.</summary>
    public Task<string> DaemonLogAsync() => File.ReadAllTextAsync(Path.Combine(_directory, "containerd.log"));

    /// <summary>Kills containerd with SIGKILL; its shims live on.</summary>
    public async Task KillDaemonAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _process = null;
        }
    }

    public async Task StartDaemonAsync()
    {
        string log = Path.Combine(_directory, "containerd.log");
        _process = Tool.Start(
            "nsenter", [$"--net={NetworkNamespace}", "sh", "-c", $"exec containerd -c {_directory}/config.toml >>{log} 2>&1"], _environment);
        await Eventually.TrueAsync(
            async () =>
            {
                return _process.HasExited
                    ? throw new HostException($"containerd ended: {(File.Exists(log) ? await File.ReadAllTextAsync(log) : string.Empty)}")
                    : File.Exists(Address) && await AnswersAsync();
            },
            "containerd's CRI answers",
            TimeSpan.FromSeconds(120));
    }

    /// <summary>Expects that a pod which could not be run left nothing, and removes what is the kubelet's.</summary>
    /// <exception cref="HostException">It left something.</exception>
    public async Task RemovedAsync(string name)
    {
        ListPodSandboxResponse pods = await CallAsync("ListPodSandbox", new ListPodSandboxRequest(), ListPodSandboxResponse.Parser);
        if (pods.Items.Any(pod => pod.Metadata.Name == name))
        {
            throw new HostException($"pod {name} could not be run and is still in the list of pods");
        }

        ExpectNoCgroupsBelow($"{CgroupParent}/{name}");
        RemoveCgroups($"{CgroupParent}/{name}");
    }

    /// <summary>Removes what a pod leaves in the hierarchies of cgroups: its parent is the kubelet's to make and remove.</summary>
    public static void RemoveCgroups(string parent)
    {
        foreach (string directory in CgroupDirectories(parent).Where(Directory.Exists))
        {
            Directory.Delete(directory);
        }
    }

    /// <summary>The cgroups that a pod's containers have now, below the pod's own.</summary>
    private static IEnumerable<string> CgroupsBelow(string parent) =>
        CgroupDirectories(parent).Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories);

    /// <summary>Expects that a pod's containers have left no cgroup below the pod's own.</summary>
    /// <exception cref="HostException">They left some.</exception>
    public static void ExpectNoCgroupsBelow(string parent)
    {
        string[] left = [.. CgroupsBelow(parent)];
        if (left.Length > 0)
        {
            throw new HostException("cgroups left behind:\n" + string.Join('\n', left));
        }
    }

    public async ValueTask DisposeAsync()
    {
        using CriClient client = _client;
        try
        {
            if (_process is { HasExited: false })
            {
                await Task.WhenAll(_pods.Select(pod => pod.DisposeAsync().AsTask()));
            }
        }
        finally
        {
            await KillDaemonAsync();
            RemoveCgroups(CgroupParent);
            (await Tool.RunAsync("ip", ["netns", "del", _netns])).Ok();
            Directory.Delete(_directory, recursive: true);
        }
    }

    private async Task PrepareAsync()
    {
        (await Tool.RunAsync("ip", ["-n", _netns, "link", "set", "lo", "up"])).Ok();
        Directory.CreateDirectory(VolumeDirectory);
        Directory.CreateDirectory(TemporaryDirectory);
        await File.WriteAllTextAsync(Path.Combine(_directory, "configuration.toml"), Configuration);
        await File.WriteAllTextAsync(Path.Combine(_directory, "growing.toml"), GrowingConfiguration);
        await WriteNetworkAsync("cni", "10-pods", NetworkList());
        await WriteNetworkAsync(FailingNetwork, "10-fails", BridgeList("fails", "lo", 87));
        await WriteNetworkAsync(NoInterface, "10-nothing", """{ "cniVersion": "0.4.0", "name": "nothing", "plugins": [{ "type": "loopback" }] }""");
        await WriteNetworkAsync(Twins, "10-one", BridgeList("one", "one0", 86));
        await WriteNetworkAsync(Twins, "20-two", BridgeList("two", "two0", 85));
        await File.WriteAllTextAsync(Path.Combine(_directory, "config.toml"), ManagerConfiguration());
        await StartDaemonAsync();
        foreach (string archive in (string[])[await BusyboxImage.ArchiveAsync(), await BusyboxImage.PauseArchiveAsync()])
        {
            (await CtrAsync("image", "import", archive)).Ok();
        }
    }

    private static IEnumerable<string> CgroupDirectories(string parent) =>
        Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(hierarchy => hierarchy + parent);

    // The kubelet makes a pod's cgroup before the pod, in every hierarchy.
    private static void MakeCgroups(string parent)
    {
        foreach (string hierarchy in File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(" - cgroup", StringComparison.Ordinal)).Select(line => line.Split(' ')[4]))
        {
            Directory.CreateDirectory(hierarchy + parent);
            string cpuset = Path.Combine(hierarchy, "cpuset.cpus");
            if (File.Exists(cpuset))
            {
                InheritCpuset(hierarchy, parent);
            }
        }
    }

    // Version 1 of cpuset takes no process before it is told processors and memory.
    private static void InheritCpuset(string hierarchy, string path)
    {
        string above = hierarchy;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string below = Path.Combine(above, name);
            foreach (string file in (string[])["cpuset.cpus", "cpuset.mems"])
            {
                File.WriteAllText(Path.Combine(below, file), File.ReadAllText(Path.Combine(above, file)));
            }

            above = below;
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await CallAsync("Version", new VersionRequest(), VersionResponse.Parser);
            await CallAsync("ListPodSandbox", new ListPodSandboxRequest(), ListPodSandboxResponse.Parser);
            return true;
        }
        catch (Exception error) when (error is HttpRequestException or CriException)
        {
            return false;
        }
    }

    private async Task WriteNetworkAsync(string directory, string name, string text)
    {
        string path = Directory.CreateDirectory(Path.Combine(_directory, directory)).FullName;
        await File.WriteAllTextAsync(Path.Combine(path, name + ".conflist"), text);
    }

    /// <summary>A bridge whose pods all have the same Ethernet address. The name of something that is no bridge makes it fail.</summary>
    private string BridgeList(string name, string bridge, int subnet) => $$"""
        {
          "cniVersion": "0.4.0",
          "name": "{{name}}",
          "plugins": [
            { "type": "bridge", "bridge": "{{bridge}}", "ipam": { "type": "host-local", "dataDir": "{{_directory}}/ipam", "ranges": [[{ "subnet": "10.{{subnet}}.0.0/16" }]] } },
            { "type": "tuning", "mac": "{{TwinsMac}}" }
          ]
        }
        """;

    private string NetworkList() => $$"""
        {
          "cniVersion": "0.4.0",
          "name": "pods",
          "plugins": [
            {
              "type": "bridge", "bridge": "pods0", "isGateway": true, "ipMasq": false, "hairpinMode": true, "mtu": 1450,
              "ipam": { "type": "host-local", "dataDir": "{{_directory}}/ipam", "ranges": [[{ "subnet": "10.88.0.0/16" }]], "routes": [{ "dst": "0.0.0.0/0" }] }
            },
            { "type": "portmap", "capabilities": { "portMappings": true } }
          ]
        }
        """;

    private string ManagerConfiguration() => $$"""
        version = 2
        root = "{{_directory}}/root"
        state = "{{_directory}}/state"
        disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
        [grpc]
        address = "{{Address}}"
        [plugins."io.containerd.grpc.v1.cri"]
        sandbox_image = "{{BusyboxImage.PauseName}}"
        restrict_oom_score_adj = true
        disable_apparmor = true
        disable_hugetlb_controller = true
        tolerate_missing_hugetlb_controller = true
        netns_mounts_under_state_dir = true
        enable_selinux = false
        stream_server_address = "127.0.0.1"
        stream_server_port = "0"
        stats_collect_period = 1
        [plugins."io.containerd.grpc.v1.cri".cni]
        bin_dir = "/usr/lib/cni"
        conf_dir = "{{_directory}}/cni"
        [plugins."io.containerd.grpc.v1.cri".containerd]
        default_runtime_name = "{{Skerry}}"
        {{Runtime(Skerry, "privileged_without_host_devices = false")}}
        {{Runtime(SkerryWithoutDevices, "privileged_without_host_devices = true")}}
        {{Runtime(FailingNetwork, $"cni_conf_dir = \"{_directory}/{FailingNetwork}\"")}}
        {{Runtime(NoInterface, $"cni_conf_dir = \"{_directory}/{NoInterface}\"")}}
        {{Runtime(Twins, $"cni_conf_dir = \"{_directory}/{Twins}\"\ncni_max_conf_num = 2")}}
        {{Runtime(Growing, "privileged_without_host_devices = false", "growing.toml")}}
        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.{{Runc}}]
        runtime_type = "io.containerd.runc.v2"
        """;

    private string Runtime(string handler, string more, string configuration = "configuration.toml") => $"""
        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.{handler}]
        runtime_type = "io.containerd.skerry.v2"
        pod_annotations = ["io.katacontainers.*"]
        {more}
        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.{handler}.options]
        ConfigPath = "{_directory}/{configuration}"
        """;
}
