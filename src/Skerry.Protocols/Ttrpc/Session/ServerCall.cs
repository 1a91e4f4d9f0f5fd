using Google.Protobuf;

namespace Skerry.Protocols.Ttrpc.Session;

/// <summary>One call that a server runs, in a task of its own.</summary>
internal sealed class ServerCall(ServerConnection connection, uint streamId, ServerMethod method, IMessage request, TtrpcContext context) : IThreadPoolWorkItem
{
    /// <summary>True when the handler answers at once.</summary>
    internal bool IsShort => method.IsShort;

    /// <summary>Starts the handler on this thread; what it awaits goes on elsewhere. The connection keeps count of it.</summary>
    public void Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        try
        {
            await (context.Timeout is { } limit ? RunLimitedAsync(limit) : RunUnlimitedAsync()).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            connection.ReportFailure(context, error);
        }
        finally
        {
            connection.Finished();
        }
    }

    private async Task RunUnlimitedAsync()
    {
        try
        {
            Task running = method.StartAsync(request, context, connection.Stopped);
            await running.ConfigureAwait(false);
            await connection.RespondAsync(streamId, context, method.ResponseOf(running)).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await connection.RespondFailureAsync(streamId, context, error).ConfigureAwait(false);
        }
    }

    /// <summary>Answers DeadlineExceeded at the limit, and then still waits for a handler that does not heed its token.</summary>
    private async Task RunLimitedAsync(TimeSpan limit)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(connection.Stopped);
        cancellation.CancelAfter(limit);
        Task? running = null;
        try
        {
            running = method.StartAsync(request, context, cancellation.Token);
            await running.WaitAsync(cancellation.Token).ConfigureAwait(false);
            await connection.RespondAsync(streamId, context, method.ResponseOf(running)).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (cancellation.IsCancellationRequested && !connection.Stopped.IsCancellationRequested)
        {
            string message = $"{context}: not done within the caller's {limit.TotalSeconds:0.###} s";
            await connection.RespondFailureAsync(streamId, context, new TtrpcException(TtrpcStatusCode.DeadlineExceeded, message, error)).ConfigureAwait(false);
            await (running ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception error)
        {
            await connection.RespondFailureAsync(streamId, context, error).ConfigureAwait(false);
            await (running ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
