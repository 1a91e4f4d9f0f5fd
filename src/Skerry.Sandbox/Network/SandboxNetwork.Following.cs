using System.Globalization;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Linux;
using Skerry.Linux.Netlink;

namespace Skerry.Sandbox;

/// <content>What comes, changes and goes in the namespace while the sandbox runs. A change that cannot be followed is logged, never fatal.</content>
internal sealed partial class SandboxNetwork
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Task _following = Task.CompletedTask;
    private NetworkWatch? _watch;
    private bool _changed;
    private readonly HashSet<int> _dead = [];
    private readonly HashSet<int> _left = [];
    private NetworkScan _configured = NetworkScan.Empty;
    private string _lastProblem = string.Empty;
    private Func<CancellationToken, Task> _adjust = _ => Task.CompletedTask;

    /// <summary>Follows the namespace from now on, until <paramref name="cancellationToken"/> or disposal; returns at once.</summary>
    /// <param name="machine">The machine, which may take more cards.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="save">Writes what was taken.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal void Follow(IVirtualMachine machine, AgentClient agent, Func<NetworkRecord?, Task> save, CancellationToken cancellationToken)
    {
        if (!_config.MayChange)
        {
            return;
        }

        if (_namespace is null)
        {
            _namespace = FileDescriptor.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{machine.ProcessId}/ns/net"), OpenFlags.O_RDONLY);
            _netlink = RouteNetlink.OpenIn(_namespace);
        }

        _watch = NetworkWatch.OpenIn(_namespace);
        _changed = true; // Since the scan.
        _adjust = token => AdjustAsync(machine, agent, save, token);
        CancellationToken ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token).Token;
        _following = Task.Run(() => FollowAsync(_watch, ends), CancellationToken.None);
    }

    /// <summary>Brings the guest up to date with the namespace: some managers make a pod's network between create and start.</summary>
    internal async Task SettleAsync(CancellationToken cancellationToken)
    {
        if (_watch is not { } watch || _stopping.IsCancellationRequested)
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _changed |= watch.HasChanged();
            if (_changed)
            {
                _changed = false;
                await _adjust(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task FollowAsync(NetworkWatch watch, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await SettleAsync(cancellationToken).ConfigureAwait(false);
                await watch.WaitAsync(cancellationToken).ConfigureAwait(false);
                Volatile.Write(ref _changed, true);
            }
        }
        catch (OperationCanceledException)
        {
            // The sandbox ends.
        }
        catch (Exception error) when (error is SkerryException or IOException or ObjectDisposedException)
        {
            Log.NetworkNotFollowed(_log, _sandbox.Value, ErrorReport.OneLine(error));
        }
    }

    private async Task StopFollowingAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _watch?.Dispose();
        _watch = null;
    }

    private async Task AdjustAsync(IVirtualMachine machine, AgentClient agent, Func<NetworkRecord?, Task> save, CancellationToken cancellationToken)
    {
        try
        {
            NetworkScan scan = NetworkScan.Read(
                _namespace!,
                _netlink!,
                new HashSet<int>(_attachments.Select(attachment => attachment.OwnLink).Concat(_dead)),
                _attachments.Where(attachment => attachment.HasStandIn).ToDictionary(attachment => attachment.Endpoint.Index, attachment => attachment.Endpoint.Mac));
            await RemoveGoneAsync(scan, machine, agent, cancellationToken).ConfigureAwait(false);
            await AddNewAsync(scan, machine, agent, save, cancellationToken).ConfigureAwait(false);
            await ConfigureChangedAsync(scan, agent, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SkerryException or IOException && !cancellationToken.IsCancellationRequested)
        {
            Complain(ErrorReport.OneLine(error));
        }
    }

    private async Task RemoveGoneAsync(NetworkScan scan, IVirtualMachine machine, AgentClient agent, CancellationToken cancellationToken)
    {
        foreach (EndpointAttachment gone in _attachments.Where(each => !scan.Endpoints.Any(each.Endpoint.IsSameAs)).ToArray())
        {
            Log.InterfaceWent(_log, _sandbox.Value, gone.Endpoint.Name);
            _attachments.Remove(gone);
            _dead.Add(gone.OwnLink);
            await gone.DetachAsync().ConfigureAwait(false);
            if (gone.IsPlugged)
            {
                await machine.UnplugAsync(gone.Device.Id, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                // A card of the start stays, without addresses and so without routes.
                await agent.UpdateInterfaceAsync(GuestNetworkMessages.ToInterface(gone.Endpoint with { Addresses = [] }), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task AddNewAsync(
        NetworkScan scan, IVirtualMachine machine, AgentClient agent, Func<NetworkRecord?, Task> save, CancellationToken cancellationToken)
    {
        foreach (Endpoint endpoint in scan.Endpoints.Where(endpoint => !_attachments.Any(each => each.Endpoint.IsSameAs(endpoint))))
        {
            if (LateInterfaces.WhyNot(machine, endpoint) is { } reason)
            {
                WarnOf(endpoint, reason);
                continue;
            }

            _scan = scan.Only(new HashSet<int>(_attachments.Select(each => each.Endpoint.Index).Append(endpoint.Index)));
            await save(Record).ConfigureAwait(false);
            await PlugAsync(await AttachAsync(endpoint).ConfigureAwait(false), machine, cancellationToken).ConfigureAwait(false);
            await agent.UpdateInterfaceAsync(GuestNetworkMessages.ToInterface(endpoint), cancellationToken).ConfigureAwait(false);
            Log.InterfaceCame(_log, _sandbox.Value, endpoint.Name);
        }
    }

    private async Task PlugAsync(EndpointAttachment attachment, IVirtualMachine machine, CancellationToken cancellationToken)
    {
        try
        {
            await machine.PlugAsync(attachment.Device, cancellationToken).ConfigureAwait(false);
            attachment.IsPlugged = true;
            attachment.HandOver();
        }
        catch (SkerryException error)
        {
            _attachments.Remove(attachment);
            foreach (Exception failure in await attachment.DetachAsync().ConfigureAwait(false))
            {
                error.CleanupFailures.Add(failure);
            }

            throw;
        }
    }

    private async Task ConfigureChangedAsync(NetworkScan whole, AgentClient agent, CancellationToken cancellationToken)
    {
        NetworkScan scan = whole.Only(new HashSet<int>(_attachments.Select(each => each.Endpoint.Index)));
        bool changed = false;
        foreach (EndpointAttachment attachment in _attachments)
        {
            Endpoint now = scan.Endpoints.First(attachment.Endpoint.IsSameAs);
            if (!now.IsConfiguredLike(attachment.Endpoint))
            {
                attachment.Follow(_netlink!, now);
                await agent.UpdateInterfaceAsync(GuestNetworkMessages.ToInterface(now), cancellationToken).ConfigureAwait(false);
                changed = true;
            }
        }

        // Addresses bring routes of the kernel's, and take others along: tell all of them again.
        if (changed || !scan.Routes.SequenceEqual(_configured.Routes) || !scan.Neighbors.SequenceEqual(_configured.Neighbors))
        {
            await ConfigureTablesAsync(agent, scan, cancellationToken).ConfigureAwait(false);
            Log.NetworkChanged(_log, _sandbox.Value);
        }

        _scan = scan;
        _configured = scan;
    }

    /// <summary>Says once of an interface that the machine cannot take it, and what to do about it.</summary>
    private void WarnOf(Endpoint endpoint, string reason)
    {
        if (_left.Add(endpoint.Index))
        {
            Log.InterfaceLeft(_log, _sandbox.Value, endpoint.Name, reason);
        }
    }

    /// <summary>Says what went wrong, once for as long as it stays the same.</summary>
    private void Complain(string problem)
    {
        if (problem != _lastProblem)
        {
            _lastProblem = problem;
            Log.NetworkNotFollowed(_log, _sandbox.Value, problem);
        }
    }
}
