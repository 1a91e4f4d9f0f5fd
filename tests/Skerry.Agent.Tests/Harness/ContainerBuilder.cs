using Skerry.Protocols.Agent;
using Skerry.Protocols.Agent.Oci;
using OciLinux = Skerry.Protocols.Agent.Oci.Linux;

namespace Skerry.Agent.Tests.Harness;

/// <summary>Describes a container as containerd would, and creates it.</summary>
public sealed class ContainerBuilder
{
    private static readonly string[] s_capabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP",
        "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    private readonly AgentHarness _harness;
    private bool _compatible;

    internal ContainerBuilder(AgentHarness harness, string id)
    {
        _harness = harness;
        Rootfs = harness.NewRootfs(id);
        Request = new CreateContainerRequest
        {
            ContainerId = id,
            ExecId = id,
            OCI = new Spec
            {
                Version = "1.2.0",
                Root = new Root { Path = Rootfs.Path },
                Process = NewProcess(),
                Linux = new OciLinux
                {
                    MaskedPaths = { "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware" },
                    ReadonlyPaths = { "/proc/bus", "/proc/sys" },
                    Namespaces = { new LinuxNamespace { Type = "mount" }, new LinuxNamespace { Type = "pid" } },
                },
            },
        };
        AddMount("/proc", "proc", "proc", "nosuid", "noexec", "nodev");
        AddMount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
        AddMount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5");
        AddMount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k");
        AddMount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
        AddMount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro");
    }

    public CreateContainerRequest Request { get; }

    public Rootfs Rootfs { get; }

    public Spec Spec => Request.OCI;

    public static Process NewProcess(params IEnumerable<string> args)
    {
        var process = new Process
        {
            Cwd = "/",
            User = new User(),
            NoNewPrivileges = true,
            Env = { "PATH=/usr/bin:/bin" },
            Capabilities = new LinuxCapabilities
            {
                Bounding = { s_capabilities },
                Effective = { s_capabilities },
                Permitted = { s_capabilities },
            },
        };
        process.Args.AddRange(args);
        return process;
    }

    public ContainerBuilder Run(params string[] args)
    {
        Spec.Process.Args.Clear();
        Spec.Process.Args.AddRange(args);
        return this;
    }

    public ContainerBuilder Shell(string script) => Run("sh", "-c", script);

    public ContainerBuilder With(Action<CreateContainerRequest> change)
    {
        change(Request);
        return this;
    }

    public ContainerBuilder AddMount(string destination, string type, string source, params string[] options)
    {
        Spec.Mounts.Add(new Mount { Destination = destination, Type = type, Source = source, Options = { options } });
        return this;
    }

    /// <summary>Streams by request, as Kata's runtime does, instead of connections.</summary>
    public ContainerBuilder Compatible()
    {
        _compatible = true;
        return this;
    }

    /// <summary>Creates the container; its init waits.</summary>
    public async Task<TestContainer> CreateAsync()
    {
        var streams = _compatible ? null : await ProcessStreams.ConnectAsync(_harness, Spec.Process.Terminal);
        if (streams is not null)
        {
            (Request.StdinPort, Request.StdoutPort, Request.StderrPort) = streams.Ports;
        }

        try
        {
            await _harness.CallAsync("CreateContainer", Request);
        }
        catch
        {
            if (streams is not null)
            {
                await streams.DisposeAsync();
            }

            throw;
        }

        return new TestContainer(_harness, Request.ContainerId, Rootfs, streams);
    }

    /// <summary>Creates and starts the container.</summary>
    public async Task<TestContainer> StartAsync()
    {
        TestContainer container = await CreateAsync();
        await container.StartAsync();
        return container;
    }

    /// <summary>Runs the container to its end.</summary>
    public async Task<ProcessResult> RunAsync(string input = "")
    {
        await using TestContainer container = await StartAsync();
        return await container.Streams!.FinishAsync(container.WaitAsync(), input);
    }
}
