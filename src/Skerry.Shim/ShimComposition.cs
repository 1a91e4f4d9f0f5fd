using Microsoft.Extensions.Logging;
using Skerry.Config;
using Skerry.Config.Annotations;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Hypervisor.Qemu;
using Skerry.Linux;
using Skerry.Linux.Cgroups;
using Skerry.Protocols;
using Skerry.Sandbox;
using Skerry.Vsock;

namespace Skerry.Shim;

/// <summary>Wires the daemon by hand: which hypervisor, which share, which cgroup, where events and configuration come from.</summary>
internal static class ShimComposition
{
    /// <summary>containerd gives the address of its ttrpc server here.</summary>
    private const string EventsVariable = "TTRPC_ADDRESS";

    /// <summary>Serves the sandbox named by <paramref name="flags"/> on the inherited socket; the exit code.</summary>
    internal static async Task<int> ServeAsync(ShimFlags flags, FifoLog log)
    {
        try
        {
            // The bundle is containerd's to remove: do not stand in it.
            Directory.SetCurrentDirectory("/");
            string events = flags.Address.Length == 0 ? string.Empty : Environment.GetEnvironmentVariable(EventsVariable) ?? string.Empty;
            await using var forwarder = new EventForwarder(ShimAddress.FromUrl(events), flags.Namespace, log, TimeProvider.System);
            var paths = new SandboxPaths(SandboxId.Parse(flags.Id), SandboxPaths.StateRoot);
            using var host = new HostMounts(new FileDescriptor(StartCommand.MountsDescriptor));
            var driver = new SandboxDriver(paths, flags.Namespace, MakeServices(forwarder, host, flags, log));
            await using var daemon = new ShimDaemon(
                UnixSockets.FromDescriptor(StartCommand.SocketDescriptor),
                ShimAddress.FromUrl(flags.Socket),
                driver,
                log,
                flags.ConfigPath.Length == 0 ? null : flags.ConfigPath,
                HostCgroups.Detect().Mode == CgroupMode.V2);
            await daemon.RunAsync();
            return 0;
        }
        catch (Exception error)
        {
            Log.Fatal(log, ErrorReport.Format(error));
            return 1;
        }
    }

    private static SandboxServices MakeServices(EventForwarder events, HostMounts host, ShimFlags flags, FifoLog log) => new()
    {
        Hypervisor = new QemuHypervisor(log),
        LoadConfiguration = (path, annotations) => LoadConfiguration(path, annotations, flags, log),
        OpenShare = request => VirtioFsShare.Open(request, host, log),
        Host = host,
        OpenCgroup = request => SandboxCgroup.TryCreate(request, log),
        OpenChannel = OpenChannel,
        Events = events,
        Log = log,
    };

    private static SerialPortCarrier OpenChannel(IVirtualMachine machine)
    {
        var carrier = new SerialPortCarrier(machine.GuestChannelStream!, ChannelRole.Host);
        carrier.Start();
        return carrier;
    }

    private static SandboxConfiguration LoadConfiguration(string? path, IReadOnlyDictionary<string, string> annotations, ShimFlags flags, FifoLog log)
    {
        LoadedConfiguration loaded = AnnotationOverrides.Apply(ConfigurationLoader.Load(new ConfigurationRequest { ConfigPath = path }), annotations);
        log.Level = flags.Debug || loaded.Config.Runtime.EnableDebug ? LogLevel.Debug : LevelOf(loaded.Config.Runtime.LogLevel);
        foreach (ConfigWarning warning in loaded.Warnings)
        {
            Log.ConfigurationWarning(log, warning.Message);
        }

        return new SandboxConfiguration(loaded.Config, name => loaded.OriginOf(name).ToString());
    }

    private static LogLevel LevelOf(string word) => word switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "critical" => LogLevel.Critical,
        _ => LogLevel.Information,
    };
}
