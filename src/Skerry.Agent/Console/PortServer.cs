using Skerry.Vsock;

namespace Skerry.Agent.Console;

/// <summary>Accepts connections on a guest port, each served by a task of its own.</summary>
internal sealed class PortServer(uint port, Func<VsockStream, CancellationToken, Task> serve, AgentLogger logger)
{
    /// <summary>Accepts until the channel ends.</summary>
    public async Task RunAsync(VsockListener listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            VsockStream stream = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            Log.Connected(logger, port);
            _ = ServeAsync(stream, cancellationToken);
        }
    }

    private async Task ServeAsync(VsockStream stream, CancellationToken cancellationToken)
    {
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                await serve(stream, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The host went away.
        }
        catch (Exception error)
        {
            Log.TaskFailed(logger, $"connection on port {port}", error);
        }
    }
}
