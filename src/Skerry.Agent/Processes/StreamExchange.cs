using Skerry.Agent.Console;
using Skerry.Core;
using Skerry.Vsock;

namespace Skerry.Agent.Processes;

/// <summary>
/// Where streams of the host meet the processes they belong to: the host connects to port 1027 and names its own port in the
/// request, so a stream is filed under its peer port until a process claims it.
/// </summary>
/// <remarks>The connection and the request travel apart, so either may come first. What nobody claims is dropped.</remarks>
internal sealed class StreamExchange(TimeSpan patience, AgentLogger logger)
{
    private const int MaxWaiting = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, TaskCompletionSource<VsockStream>> _claims = [];
    private readonly Dictionary<uint, VsockStream> _waiting = [];

    /// <summary>Accepts streams until the listener ends.</summary>
    public async Task RunAsync(VsockListener listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            VsockStream stream = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            if (File(stream))
            {
                _ = DropUnclaimedAsync(stream, cancellationToken);
            }
        }
    }

    /// <summary>The stream whose host end is <paramref name="port"/>.</summary>
    /// <exception cref="SkerryException">TimedOut when the host does not connect it in time.</exception>
    public async Task<VsockStream> ClaimAsync(uint port, CancellationToken cancellationToken)
    {
        var claim = new TaskCompletionSource<VsockStream>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_waiting.Remove(port, out VsockStream? stream))
            {
                return stream;
            }

            if (!_claims.TryAdd(port, claim))
            {
                throw new SkerryException(FailureKind.InvalidArgument, $"host port {port} is named by two requests");
            }
        }

        try
        {
            return await claim.Task.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new SkerryException(FailureKind.TimedOut, $"no stream from host port {port} after {patience.TotalSeconds:0} s");
        }
        finally
        {
            lock (_lock)
            {
                _claims.Remove(port);
            }
        }
    }

    /// <summary>True when the stream has to wait for its claim.</summary>
    private bool File(VsockStream stream)
    {
        lock (_lock)
        {
            if (_claims.Remove(stream.PeerPort, out TaskCompletionSource<VsockStream>? claim) && claim.TrySetResult(stream))
            {
                return false;
            }

            if (_waiting.Count < MaxWaiting && _waiting.TryAdd(stream.PeerPort, stream))
            {
                return true;
            }
        }

        Log.StreamDropped(logger, stream.PeerPort);
        stream.Dispose();
        return false;
    }

    private async Task DropUnclaimedAsync(VsockStream stream, CancellationToken cancellationToken)
    {
        await Task.Delay(patience, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        bool unclaimed;
        lock (_lock)
        {
            unclaimed = _waiting.TryGetValue(stream.PeerPort, out VsockStream? filed) && ReferenceEquals(filed, stream) && _waiting.Remove(stream.PeerPort);
        }

        if (unclaimed)
        {
            Log.StreamDropped(logger, stream.PeerPort);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }
}
