using System.Globalization;
using Microsoft.Extensions.Logging;
using Skerry.Config;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Linux;
using Skerry.Linux.Netlink;
using Skerry.Linux.Pci;

namespace Skerry.Sandbox;

/// <summary>
/// The network of one sandbox: what its namespace held at the scan, the cards the machine gets for it, and their configuration in the
/// guest. Opening takes nothing; <see cref="AttachAsync()"/> does, and disposal gives it back.
/// </summary>
/// <remarks>Used by the launch until the machine is up; afterwards <see cref="SettleAsync"/> takes turns with what follows the namespace.</remarks>
internal sealed partial class SandboxNetwork : IAsyncDisposable
{
    /// <summary>The card of a user network: a locally administered address, the same in every guest, which nobody else can see.</summary>
    private static readonly MacAddress UserMac = new([0x02, 0x00, 0x0a, 0x00, 0x02, 0x0f]);

    private readonly NetworkConfig _config;
    private readonly AttachmentConfig _attachment;
    private FileDescriptor? _namespace;
    private RouteNetlink? _netlink;
    private readonly List<EndpointAttachment> _attachments = [];
    private readonly SandboxId _sandbox;
    private readonly ILogger _log;
    private NetworkScan _scan = NetworkScan.Empty;
    private SandboxHardware? _hardware;
    private int _cards;

    private SandboxNetwork(SandboxId sandbox, NetworkConfig config, AttachmentConfig attachment, FileDescriptor? networkNamespace, ILogger log)
    {
        _sandbox = sandbox;
        _config = config;
        _attachment = attachment;
        _namespace = networkNamespace;
        _netlink = networkNamespace is null ? null : RouteNetlink.OpenIn(networkNamespace);
        _log = log;
    }

    /// <summary>The namespace that the guest's network is joined with; null for none.</summary>
    internal string? NamespacePath => _namespace is null ? null : _config.NamespacePath;

    /// <summary>What the namespace will miss if nobody gives it back; null when that is nothing.</summary>
    internal NetworkRecord? Record => Everything.Endpoints.Count > 0 && _namespace is not null && _config.NamespacePath is not null
        ? new NetworkRecord(
            _config.NamespacePath,
            NetworkNamespaceFile.IdentityOf(_namespace),
            [.. _scan.Endpoints.Select(endpoint => new LinkRecord(endpoint.Index, endpoint.Mac.ToString()))],
            _attachment.IsLimited,
            _hardware?.Records)
        : null;

    /// <summary>The scan, and the hardware that was in the namespace at the start.</summary>
    private NetworkScan Everything => WithHardware(_scan);

    /// <summary>Scans the namespace that <paramref name="config"/> names, if it names one.</summary>
    /// <exception cref="SkerryException">The namespace is missing, or holds an interface that cannot be handed over.</exception>
    internal static SandboxNetwork Open(SandboxId sandbox, NetworkConfig config, SkerryConfig settings, ILogger log, PciBus? bus = null)
    {
        bool connects = config.Kind == NetworkKind.Joined && settings.Runtime.InternetworkingModel != "none";
        var network = new SandboxNetwork(
            sandbox, config, AttachmentConfig.Of(settings), connects ? NetworkNamespaceFile.Open(config.NamespacePath!) : null, log);
        try
        {
            if (network._netlink is { } netlink)
            {
                NetworkScan scan = NetworkScan.Read(network._namespace!, netlink, new HashSet<int>(), new Dictionary<int, MacAddress>());
                network._hardware = SandboxHardware.Of(sandbox, scan, settings.Hypervisor, bus ?? PciBus.Host, log);
                network._scan = scan.WithoutHardware();
            }

            return network;
        }
        catch
        {
            network.Close();
            throw;
        }
    }

    /// <summary>Joins every interface with a card.</summary>
    /// <exception cref="SkerryException">Whatever the kernel refuses.</exception>
    internal async Task AttachAsync()
    {
        string found = string.Join(", ", Everything.Endpoints.Select(endpoint => $"{endpoint.Name} ({endpoint.Pci?.ToString() ?? endpoint.Driver})"));
        _hardware?.Take();
        foreach (Endpoint endpoint in _scan.Endpoints)
        {
            await AttachAsync(endpoint).ConfigureAwait(false);
        }

        if (_config.Kind == NetworkKind.Joined)
        {
            Log.NetworkScanned(_log, _sandbox.Value, _config.NamespacePath!, found);
        }
    }

    /// <summary>Chooses a machine that takes cards later where such are expected; a type that the user set stays.</summary>
    internal SkerryConfig Choose(SkerryConfig config) => _config.ExpectsInterfaces ? MachinePlan.OnPci(config) : _hardware?.Choose(config) ?? config;

    /// <summary>Adds the network to a machine's configuration.</summary>
    internal MachineConfig AddTo(MachineConfig machine) => machine with
    {
        NetworkNamespacePath = _config.NamespacePath,
        OwnNetworkNamespace = _config.Kind == NetworkKind.Own,
        NetworkDevices = _config.Kind == NetworkKind.User
            ? [new NetworkDevice { Id = "net0", Mac = UserMac, User = new UserNetwork(_config.Ports) }]
            : [.. _attachments.Select(attachment => attachment.Device)],
        AssignedDevices = _hardware?.Devices ?? [],
    };

    /// <summary>Closes what the machine has inherited.</summary>
    internal void HandOver() => _attachments.ForEach(attachment => attachment.HandOver());

    /// <summary>The name servers of a guest whose container brings no resolver configuration.</summary>
    internal IReadOnlyList<string> ResolverLines => _config.Kind == NetworkKind.User ? [$"nameserver {UserNetwork.NameServer}"] : [];

    /// <summary>Configures the guest's interfaces, routes and neighbours alike.</summary>
    /// <exception cref="SkerryException">The agent refuses, or is gone.</exception>
    internal async Task ConfigureGuestAsync(AgentClient agent, CancellationToken cancellationToken)
    {
        if (_config.Kind == NetworkKind.User)
        {
            await agent.UpdateInterfaceAsync(GuestNetworkMessages.ToUserInterface(UserMac), cancellationToken).ConfigureAwait(false);
            await agent.UpdateRoutesAsync(GuestNetworkMessages.ToUserRoutes(), cancellationToken).ConfigureAwait(false);
        }
        else if (Everything.Endpoints.Count > 0)
        {
            foreach (Endpoint endpoint in Everything.Endpoints)
            {
                await agent.UpdateInterfaceAsync(GuestNetworkMessages.ToInterface(endpoint), cancellationToken).ConfigureAwait(false);
            }

            await ConfigureTablesAsync(agent, _scan, cancellationToken).ConfigureAwait(false);
            _configured = _scan;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopFollowingAsync().ConfigureAwait(false);
        foreach (EndpointAttachment attachment in Enumerable.Reverse(_attachments))
        {
            foreach (Exception failure in await attachment.DetachAsync().ConfigureAwait(false))
            {
                Log.StepFailed(_log, _sandbox.Value, "give the network back", ErrorReport.OneLine(failure));
            }
        }

        _attachments.Clear();
        await (_hardware?.GiveAllBackAsync(_namespace) ?? Task.CompletedTask).ConfigureAwait(false);
        _stopping.Dispose();
        _turn.Dispose();
        Close();
    }

    private NetworkScan WithHardware(NetworkScan scan) => _hardware is null ? scan : scan.With(_hardware.Scan);

    /// <summary>Tells the agent all of a table at a time: what the namespace has now, and what went into the guest with the hardware.</summary>
    private async Task ConfigureTablesAsync(AgentClient agent, NetworkScan current, CancellationToken cancellationToken)
    {
        NetworkScan scan = WithHardware(current);
        await agent.UpdateRoutesAsync(GuestNetworkMessages.ToRoutes(scan), cancellationToken).ConfigureAwait(false);
        if (scan.Neighbors.Count > 0)
        {
            await agent.AddNeighborsAsync(GuestNetworkMessages.ToNeighbors(scan), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<EndpointAttachment> AttachAsync(Endpoint endpoint)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"net{_cards++}");
        EndpointAttachment attachment = await EndpointAttachment.MakeAsync(_namespace!, _netlink!, endpoint, id, _attachment).ConfigureAwait(false);
        _attachments.Add(attachment);
        return attachment;
    }

    private void Close()
    {
        _netlink?.Dispose();
        _namespace?.Dispose();
    }
}
