using System.Buffers;
using Skerry.Vsock.Engine;

namespace Skerry.Vsock.Carriers;

/// <summary>One open port: the loop that reads it, and the sender, which runs on the thread of whoever has something to send.</summary>
/// <remarks>
/// The thread that reads hands the reading over before it lets a waiting stream go on, and then runs that stream's continuation itself:
/// a message costs one thread switch, and a continuation that blocks holds up nobody. A sender on a caller's thread sends one buffer and
/// then goes on by itself, so that nobody is kept sending for others.
/// </remarks>
internal sealed class SerialPort(VsockEngine engine, SerialSession session, Stream stream, Action wasReset)
{
    private const int SmallRead = 4 << 10;
    private const int LargeRead = 64 << 10;
    private const int OutputBytes = 32 << 10;

    /// <summary>So many reads in a row that would have fit into the small buffer take the large one away.</summary>
    private const int SmallReadsToShrink = 64;

    private readonly TaskCompletionSource _readingEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _error;
    private byte[] _input = ArrayPool<byte>.Shared.Rent(SmallRead);
    private int _smallReads;

    /// <summary>Carries packets until the port ends; returns what ended it, null for an end of file. All streams are reset then.</summary>
    internal async Task<Exception?> RunAsync()
    {
        lock (engine.Lock)
        {
            session.Open();
        }

        Send();
        Follow(StartReading());
        await _readingEnded.Task.ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
        return _error;
    }

    /// <summary>Says hello again, unless it was answered.</summary>
    internal void RepeatHello()
    {
        lock (engine.Lock)
        {
            session.RepeatHello();
        }

        Send();
    }

    /// <summary>Sends what the engine has, unless somebody does so already.</summary>
    internal void Send()
    {
        if (engine.TryClaimOutput())
        {
            // The engine knows that the output is claimed; CloseAsync waits until it is given back.
            _ = SendAsync();
        }
    }

    /// <summary>Ends the port from our side.</summary>
    internal void Stop() => stream.Dispose();

    private async Task SendAsync()
    {
        byte[] output = ArrayPool<byte>.Shared.Rent(OutputBytes);
        try
        {
            for (int buffers = 0; ; buffers++)
            {
                var wakes = default(WakeList);
                int count = engine.Fill(output, ref wakes);
                wakes.Run();
                if (count == 0)
                {
                    return;
                }

                if (buffers == 1)
                {
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }

                await stream.WriteAsync(output.AsMemory(0, count)).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            // The reading ends with the stream.
            Interlocked.CompareExchange(ref _error, error, null);
            stream.Dispose();
            engine.ReturnOutput();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(output);
        }
    }

    private Task<int> StartReading() => stream.ReadAsync(_input.AsMemory()).AsTask();

    /// <summary>Starts another turn of reading, whose end is told by <see cref="_readingEnded"/>.</summary>
    private void Follow(Task<int> reading) => _ = ReadAsync(reading);

    private async Task ReadAsync(Task<int> reading)
    {
        try
        {
            while (await reading.ConfigureAwait(false) is var count and > 0)
            {
                StreamOperation? last = Receive(_input.AsSpan(0, count));
                Resize(count);
                reading = StartReading();
                Send();
                if (last is null)
                {
                    continue;
                }

                if (!reading.IsCompleted)
                {
                    Follow(reading);
                    last.Execute();
                    return;
                }

                ThreadPool.UnsafeQueueUserWorkItem(last, preferLocal: false);
            }

        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref _error, error, null);
        }

        _readingEnded.TrySetResult();
    }

    private StreamOperation? Receive(ReadOnlySpan<byte> bytes)
    {
        var wakes = default(WakeList);
        bool reset;
        try
        {
            lock (engine.Lock)
            {
                session.Receive(bytes, ref wakes);
                reset = session.TakeWasReset();
            }
        }
        catch
        {
            wakes.Run();
            throw;
        }

        if (reset)
        {
            wasReset();
        }

        return wakes.RunAllButLast();
    }

    /// <summary>A read that fills the buffer gets a larger one; an idle port keeps a small one.</summary>
    private void Resize(int count)
    {
        _smallReads = count <= SmallRead ? _smallReads + 1 : 0;
        int wanted = count == _input.Length ? LargeRead : _smallReads > SmallReadsToShrink ? SmallRead : _input.Length;
        if (wanted != _input.Length)
        {
            ArrayPool<byte>.Shared.Return(_input);
            _input = ArrayPool<byte>.Shared.Rent(wanted);
        }
    }

    private async Task CloseAsync()
    {
        var wakes = default(WakeList);
        bool reset;
        lock (engine.Lock)
        {
            session.Close(_error is null ? "reset: the port was closed" : $"reset: {_error.Message}", ref wakes);
            reset = session.TakeWasReset();
        }

        await stream.DisposeAsync().ConfigureAwait(false);
        await engine.OutputReturnedAsync().ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(_input);
        wakes.Run();
        if (reset)
        {
            wasReset();
        }
    }
}
