using System.Collections.Concurrent;
using System.Text.Json;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Hypervisor.Qmp;

/// <summary>A conversation with QEMU's monitor: commands paired with their answers by id, events handed on as they come.</summary>
/// <remarks>
/// Thread-safe. One loop reads; writers take turns. When the stream ends or breaks the protocol, every waiting command fails
/// and <see cref="Closed"/> completes. The event handler runs on the reading loop: it must not block.
/// </remarks>
internal sealed class QmpSession : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly Action<QmpEvent> _onEvent;
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<QmpMessage>> _waiting = new();
    private readonly TaskCompletionSource<JsonElement> _greeting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _reading;
    private volatile Exception? _end;
    private ulong _lastId;

    /// <summary>Starts reading <paramref name="stream"/>, which it owns from now on.</summary>
    internal QmpSession(Stream stream, Action<QmpEvent> onEvent)
    {
        _stream = stream;
        _onEvent = onEvent;
        _reading = Task.Run(ReadLoopAsync);
    }

    /// <summary>Completes, never faulted, when nothing more will come.</summary>
    internal Task Closed => _reading;

    /// <summary>Waits for the greeting and enters command mode; returns the greeting's version.</summary>
    /// <exception cref="HypervisorException">Unavailable when QEMU ends first; TimedOut.</exception>
    internal async Task<JsonElement> OpenAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        // QEMU reads commands only after its greeting, so both can be on their way at once.
        Task<JsonElement> greeted = WaitAsync(_greeting.Task, "greeting", timeout, cancellationToken);
        await Task.WhenAll(greeted, ExecuteAsync("qmp_capabilities", timeout, cancellationToken)).ConfigureAwait(false);
        return await greeted.ConfigureAwait(false);
    }

    /// <summary>Runs one command and returns what it returned. <paramref name="descriptor"/> goes along, for getfd; the stream is a unix socket then.</summary>
    /// <exception cref="HypervisorException">
    /// FailedPrecondition with QEMU's words when the command fails; Unavailable when QEMU is gone; TimedOut.
    /// </exception>
    internal async Task<JsonElement> ExecuteAsync(
        string command, TimeSpan timeout, CancellationToken cancellationToken, Action<Utf8JsonWriter>? arguments = null, FileDescriptor? descriptor = null)
    {
        ulong id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<QmpMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            if (_end is { } end)
            {
                throw Gone(end);
            }

            await WriteAsync(QmpCodec.Command(command, id, arguments), descriptor, cancellationToken).ConfigureAwait(false);
            QmpMessage message = await WaitAsync(answer.Task, command, timeout, cancellationToken).ConfigureAwait(false);
            return message.Kind == QmpMessageKind.Return
                ? message.Value
                : throw new HypervisorException(FailureKind.FailedPrecondition, $"QEMU refuses \"{command}\": {message.Text} ({message.Name})");
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        _writing.Dispose();
        _stopping.Dispose();
    }

    private static HypervisorException Gone(Exception? cause) => new(FailureKind.Unavailable, "QEMU's monitor is gone", cause: cause);

    private static async Task<T> WaitAsync<T>(Task<T> answer, string what, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException cause)
        {
            throw new HypervisorException(
                FailureKind.TimedOut, $"QEMU's monitor did not answer \"{what}\" within {timeout.TotalSeconds:0.#} s", "the host may be overloaded", cause);
        }
    }

    private async Task WriteAsync(byte[] line, FileDescriptor? descriptor, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int sent = descriptor is null ? 0 : await SendAsync(line, descriptor, cancellationToken).ConfigureAwait(false);
            await _stream.WriteAsync(line.AsMemory(sent), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is IOException or ObjectDisposedException or SkerryException)
        {
            throw Gone(cause);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task<int> SendAsync(byte[] line, FileDescriptor descriptor, CancellationToken cancellationToken)
    {
        FileDescriptor socket = (_stream as FdStream)?.Descriptor ?? throw new InvalidOperationException("only a unix socket carries descriptors");
        while (true)
        {
            int count = DescriptorPassing.TrySend(socket, line, [descriptor], out Errno error);
            if (count >= 0)
            {
                return count;
            }

            if (error != Errno.EAGAIN)
            {
                throw Gone(new SyscallException("sendmsg", "to QEMU's monitor", error));
            }

            await Reactor.Shared.WaitWritableAsync(socket, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadLoopAsync()
    {
        Exception end;
        try
        {
            await DispatchLinesAsync().ConfigureAwait(false);
            end = new EndOfStreamException("it closed the connection");
        }
        catch (Exception error)
        {
            end = error;
        }

        _end = end;
        _greeting.TrySetException(Gone(end));
        _ = _greeting.Task.Exception; // Seen: nobody need wait for a greeting.
        foreach (TaskCompletionSource<QmpMessage> answer in _waiting.Values)
        {
            answer.TrySetException(Gone(end));
        }
    }

    private async Task DispatchLinesAsync()
    {
        var lines = new QmpLineReader(_stream);
        while (await lines.ReadAsync(_stopping.Token).ConfigureAwait(false) is { } line)
        {
            Dispatch(QmpCodec.Parse(line));
        }
    }

    private void Dispatch(QmpMessage message)
    {
        switch (message.Kind)
        {
            case QmpMessageKind.Greeting:
                _greeting.TrySetResult(message.Value);
                break;
            case QmpMessageKind.Event:
                _onEvent(new QmpEvent(message.Name, message.Value));
                break;
            case QmpMessageKind.Return or QmpMessageKind.Error when message.Id is { } id && _waiting.TryGetValue(id, out TaskCompletionSource<QmpMessage>? answer):
                answer.TrySetResult(message);
                break;
            default:
                // An answer nobody waits for any more: its command timed out or was cancelled.
                break;
        }
    }
}
