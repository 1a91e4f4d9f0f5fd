using System.Globalization;
using System.Text.RegularExpressions;
using Skerry.Bench.Hosts;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Hypervisor.Qemu;
using Skerry.Hypervisor.VirtioFs;

namespace Skerry.Bench.Guests;

/// <summary>
/// A machine like those our shim starts (same kernel, devices, memory, file daemon), started by this program and without anything
/// of ours around it. Disposing ends machine and daemon and removes their directory.
/// </summary>
public sealed partial class BareGuest : IAsyncDisposable
{
    private const int ConsoleBytes = 64 * 1024;
    private static readonly TimeSpan s_bootLimit = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _directory;
    private readonly VirtioFsDaemon _daemon;

    private BareGuest(DirectoryInfo directory, VirtioFsDaemon daemon, IVirtualMachine machine)
    {
        _directory = directory;
        _daemon = daemon;
        Machine = machine;
    }

    public IVirtualMachine Machine { get; }

    /// <summary>The host's end of the serial port.</summary>
    public Stream Channel => Machine.GuestChannelStream ?? throw new InvalidOperationException("the machine has no serial port");

    /// <summary>Starts daemon and machine; the guest then boots.</summary>
    /// <param name="kernelParameters">What is said to the guest besides the usual parameters.</param>
    /// <param name="kernel">The kernel to boot; null for the installed one.</param>
    /// <param name="vmm">What to start as QEMU; null for QEMU itself.</param>
    public static async Task<BareGuest> StartAsync(
        string machineType, string initrd, string kernelParameters, CancellationToken cancellationToken, string? kernel = null, string? vmm = null)
    {
        // Short, since paths of unix sockets end at 107 bytes.
        DirectoryInfo directory = Directory.CreateTempSubdirectory("skb-");
        VirtioFsDaemon? daemon = null;
        try
        {
            string socket = Path.Combine(directory.FullName, "fs.sock");
            daemon = VirtioFsDaemon.Start(new VirtioFsDaemonConfig
            {
                Path = Installation.VirtioFsDaemon,
                SharedDirectory = directory.CreateSubdirectory("shared").FullName,
                SocketPath = socket,
            });
            IVirtualMachine machine = await new QemuHypervisor().StartAsync(
                new MachineConfig
                {
                    Id = SandboxId.Parse("bench-bare"),
                    VmmPath = vmm ?? Installation.Qemu,
                    MachineType = machineType,
                    CpuFeatures = "pmu=off",
                    Kernel = kernel ?? Installation.Kernel,
                    Initrd = initrd,
                    KernelParameters = $"agent.log=info {kernelParameters}",
                    SharedDirectories = [new SharedDirectory { Tag = "kataShared", SocketPath = socket }],
                    StateDirectory = directory.FullName,
                    LaunchTimeout = s_bootLimit,
                },
                cancellationToken);
            return new BareGuest(directory, daemon, machine);
        }
        catch
        {
            await EndAsync(daemon, directory);
            throw;
        }
    }

    /// <summary>Waits for the console's line of the bare /init.</summary>
    public Task WaitForInitAsync(CancellationToken cancellationToken) => WaitForAsync(InitClock(), "the bare /init", cancellationToken);

    /// <summary>Waits until the agent, in a guest with it, says on the console that it serves.</summary>
    public Task WaitForAgentAsync(CancellationToken cancellationToken) => WaitForAsync(AgentReady(), "the agent", cancellationToken);

    /// <summary>How long the kernel's clock had been running when /init began, in milliseconds. Only once that is waited for.</summary>
    public double KernelMilliseconds()
    {
        Match said = InitClock().Match(Machine.ConsoleTail(ConsoleBytes));
        return said.Success
            ? long.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture) / 1000.0
            : throw new InvalidOperationException("the bare /init has not said its time");
    }

    public async ValueTask DisposeAsync()
    {
        await Machine.DisposeAsync();
        await EndAsync(_daemon, _directory);
    }

    /// <summary>The console's file is watched, so that nothing is slept over.</summary>
    private async Task WaitForAsync(Regex line, string whom, CancellationToken cancellationToken)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(_directory.FullName, ConsoleRing.FileName) { NotifyFilter = NotifyFilters.Size | NotifyFilters.LastWrite };
        watcher.Changed += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        Task first = await Task.WhenAny(seen.Task, Machine.Exited).WaitAsync(s_bootLimit, cancellationToken);
        if (first != seen.Task)
        {
            throw Machine.DescribeBootFailure(whom, s_bootLimit);
        }

        void Look()
        {
            if (line.IsMatch(Machine.ConsoleTail(ConsoleBytes)))
            {
                seen.TrySetResult();
            }
        }
    }

    private static async Task EndAsync(VirtioFsDaemon? daemon, DirectoryInfo directory)
    {
        if (daemon is not null)
        {
            await daemon.DisposeAsync();
        }

        directory.Delete(recursive: true);
    }

    [GeneratedRegex(@"bench: init runs at (\d+) us")]
    private static partial Regex InitClock();

    [GeneratedRegex(@"skerry-agent \S+ ready after")]
    private static partial Regex AgentReady();
}
