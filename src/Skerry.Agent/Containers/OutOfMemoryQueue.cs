using System.Threading.Channels;

namespace Skerry.Agent.Containers;

/// <summary>The containers the kernel has killed processes of, in order, for the host's long poll.</summary>
/// <remarks>Bounded: a host that does not ask loses the oldest events, not the guest its memory.</remarks>
internal sealed class OutOfMemoryQueue
{
    private const int Capacity = 256;

    private readonly Channel<string> _events = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Adds an event.</summary>
    public void Add(string containerId) => _events.Writer.TryWrite(containerId);

    /// <summary>The next event; waits for one.</summary>
    public ValueTask<string> NextAsync(CancellationToken cancellationToken) => _events.Reader.ReadAsync(cancellationToken);
}
