namespace Skerry.Vsock;

/// <summary>Limits of a <see cref="SerialPortCarrier"/>.</summary>
public sealed record SerialPortOptions
{
    /// <summary>The receive buffer of each connection, in bytes: what the other side may send before somebody here must have read.</summary>
    public int BufferBytes { get; init; } = 256 << 10;

    /// <summary>The most connections at once.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>The most payload in one packet, in bytes, 4 KiB to 64 KiB: what a small message waits for while others send in bulk.</summary>
    /// <remarks>With the usual value two packets fill 32 KiB, the most that Linux's virtio_console takes in one write.</remarks>
    public int MaxPayload { get; init; } = (16 << 10) - 44;

    /// <summary>How often the host says hello until the guest answers. A guest that opens its port says so, and is greeted at once.</summary>
    public TimeSpan HelloInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between two tries to open the guest's port again; the first ones are shorter.</summary>
    public TimeSpan LongestReopenPause { get; init; } = TimeSpan.FromMilliseconds(500);
}
