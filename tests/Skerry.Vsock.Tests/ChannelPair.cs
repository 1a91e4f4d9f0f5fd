using Skerry.Linux;

namespace Skerry.Vsock.Tests;

/// <summary>Host and guest carriers over the two ends of a socketpair.</summary>
internal sealed class ChannelPair : IAsyncDisposable
{
    private ChannelPair(SerialPortCarrier host, SerialPortCarrier guest) => (Host, Guest) = (host, guest);

    internal SerialPortCarrier Host { get; }

    internal SerialPortCarrier Guest { get; }

    internal static (Stream Host, Stream Guest) Streams()
    {
        (FileDescriptor host, FileDescriptor guest) = SocketPair.Create();
        return (new FdStream(host), new FdStream(guest));
    }

    internal static ChannelPair Start(SerialPortOptions? options = null)
    {
        (Stream host, Stream guest) = Streams();
        var pair = new ChannelPair(new SerialPortCarrier(host, ChannelRole.Host, options), new SerialPortCarrier(guest, ChannelRole.Guest, options));
        pair.Guest.Start();
        pair.Host.Start();
        return pair;
    }

    internal async Task<(VsockStream Host, VsockStream Guest)> ConnectAsync(VsockListener listener)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        Task<VsockStream> accepting = listener.AcceptAsync(token);
        return (await Host.ConnectAsync(listener.Port, token), await accepting);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Guest.DisposeAsync();
    }
}
