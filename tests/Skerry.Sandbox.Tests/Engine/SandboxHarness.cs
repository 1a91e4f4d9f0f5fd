using Skerry.Config;
using Skerry.Core;
using Skerry.Oci;
using Skerry.Vsock;

namespace Skerry.Sandbox.Tests.Engine;

/// <summary>A sandbox driver over fakes, in a directory of its own.</summary>
internal sealed class SandboxHarness : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-engine-").FullName;

    internal SandboxHarness(string id = "s1")
    {
        Hypervisor = new FakeHypervisor(AgentOptions);
        Paths = new SandboxPaths(SandboxId.Parse(id), Path.Combine(_directory, "state"));
        Driver = new SandboxDriver(Paths, "tests", new SandboxServices
        {
            Hypervisor = Hypervisor,
            LoadConfiguration = (_, _) => ConfigurationFailure is null ? new SandboxConfiguration(Config, _ => "default") : throw ConfigurationFailure,
            OpenShare = _ => Share,
            OpenCgroup = request => OpenCgroup(request),
            OpenDisk = disk => OpenDisk(disk),
            OpenChannel = machine =>
            {
                var carrier = new SerialPortCarrier(machine.GuestChannelStream!, ChannelRole.Host);
                carrier.Start();
                return carrier;
            },
            Events = Events,
            Log = Log,
        });
    }

    internal SandboxPaths Paths { get; }

    internal SandboxDriver Driver { get; }

    internal FakeAgentOptions AgentOptions { get; } = new();

    internal FakeHypervisor Hypervisor { get; }

    internal FakeShare Share { get; } = new();

    internal RecordedEvents Events { get; } = new();

    internal RecordedLog Log { get; } = new();

    internal SkerryConfig Config { get; set; } = new();

    internal Func<CgroupRequest, ISandboxCgroup?> OpenCgroup { get; set; } = _ => null;

    internal Func<RequestedDisk, HostDisk> OpenDisk { get; set; } = disk => HostDisk.Open(disk);

    internal Exception? ConfigurationFailure { get; set; }

    internal FakeAgent Agent => Hypervisor.Machines[^1].Agent;

    internal static ContainerId Id(string id = "s1") => ContainerId.Parse(id);

    /// <summary>A pod described by itself, with a network of its own.</summary>
    internal LaunchConfig Pod() => new()
    {
        Bundle = Directory.CreateDirectory(Path.Combine(_directory, "bundles", "pod")).FullName,
        Spec = new OciSpec { OciVersion = OciSpec.Version, Linux = new OciLinux { Namespaces = [new OciNamespace { Type = "network" }] } },
    };

    internal ContainerConfig Container(
        string id = "s1",
        StdioConfig? stdio = null,
        IReadOnlyList<OciMount>? mounts = null,
        Func<OciSpec, OciSpec>? change = null,
        OciResources? resources = null)
    {
        string bundle = Path.Combine(_directory, "bundles", id);
        Directory.CreateDirectory(Path.Combine(bundle, "rootfs"));
        var spec = new OciSpec
        {
            OciVersion = OciSpec.Version,
            Root = new OciRoot { Path = "rootfs" },
            Process = new OciProcess { Args = ["sh"], Cwd = "/" },
            Mounts = mounts ?? [],
            Linux = new OciLinux { Namespaces = [new OciNamespace { Type = "network" }], Resources = resources },
        };
        File.WriteAllBytes(Path.Combine(bundle, "config.json"), (change?.Invoke(spec) ?? spec).ToJson());
        return new ContainerConfig { Id = ContainerId.Parse(id), Bundle = bundle, Stdio = stdio ?? StdioConfig.None };
    }

    internal async Task RunAsync(string id = "s1", StdioConfig? stdio = null, OciResources? resources = null)
    {
        await Driver.CreateAsync(Container(id, stdio, resources: resources), CancellationToken.None);
        await Driver.StartAsync(Id(id), string.Empty, CancellationToken.None);
    }

    internal string TemporaryPath(string name) => Path.Combine(_directory, name);

    public async ValueTask DisposeAsync()
    {
        await Driver.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
