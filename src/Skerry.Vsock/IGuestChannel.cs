namespace Skerry.Vsock;

/// <summary>The host's seam to the guest's ports, whatever carries them: a serial port, a VMM's unix socket, later vhost-user.</summary>
public interface IGuestChannel : IAsyncDisposable
{
    /// <summary>Connects to a port of the guest. Waits for a guest that has not opened its side yet, until the token is cancelled.</summary>
    /// <exception cref="Core.SkerryException">
    /// Unavailable when nobody listens on the port or the channel is closed; ResourceExhausted at the limit of connections.
    /// </exception>
    Task<VsockStream> ConnectAsync(uint port, CancellationToken cancellationToken);

    /// <summary>Raised after all streams were reset because the guest's side was closed and opened again. Must not block.</summary>
    event Action? Reset;

    /// <summary>Completes when the channel can carry nothing any more; it never fails, the reason is in the errors of the streams.</summary>
    Task Closed { get; }
}
