using System.Diagnostics;

namespace Skerry.Bench.Guests;

/// <summary>A bare guest that echoes and sends over the serial port: what the port itself can do, without anything of ours on either side.</summary>
public sealed class EchoGuest : IAsyncDisposable
{
    private const byte Ready = (byte)'R';
    private const byte Transfer = (byte)'T';
    private const byte Ping = (byte)'p';

    /// <summary>What the guest sends when it is told to; TRANSFER of init.c.</summary>
    public const long TransferBytes = 64 << 20;

    private static readonly TimeSpan s_bootLimit = TimeSpan.FromSeconds(120);
    private readonly BareGuest _guest;
    private readonly byte[] _one = new byte[1];
    private readonly byte[] _buffer = new byte[256 << 10];

    private EchoGuest(BareGuest guest) => _guest = guest;

    public static async Task<EchoGuest> StartAsync(string bareInitrd, CancellationToken cancellationToken)
    {
        var guest = new EchoGuest(await BareGuest.StartAsync("microvm", bareInitrd, "bench=channel", cancellationToken));
        try
        {
            await guest._guest.Channel.ReadExactlyAsync(guest._one, cancellationToken).AsTask().WaitAsync(s_bootLimit, cancellationToken);
            return guest._one[0] == Ready ? guest : throw new InvalidDataException($"the bare guest began with byte {guest._one[0]}");
        }
        catch
        {
            await guest.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends one byte and waits for it to come back.</summary>
    public async ValueTask EchoAsync(CancellationToken cancellationToken)
    {
        _one[0] = Ping;
        await _guest.Channel.WriteAsync(_one, cancellationToken);
        await _guest.Channel.ReadExactlyAsync(_one, cancellationToken);
    }

    /// <summary>Lets the guest send <see cref="TransferBytes"/>; the time from the first byte to the last.</summary>
    public async Task<TimeSpan> TransferAsync(CancellationToken cancellationToken)
    {
        _one[0] = Transfer;
        await _guest.Channel.WriteAsync(_one, cancellationToken);
        await _guest.Channel.ReadExactlyAsync(_one, cancellationToken);
        long start = Stopwatch.GetTimestamp();
        for (long left = TransferBytes - 1; left > 0;)
        {
            int count = await _guest.Channel.ReadAsync(_buffer.AsMemory(0, (int)Math.Min(left, _buffer.Length)), cancellationToken);
            left -= count > 0 ? count : throw new EndOfStreamException("the bare guest ended");
        }

        return Stopwatch.GetElapsedTime(start);
    }

    public ValueTask DisposeAsync() => _guest.DisposeAsync();
}
