using System.Text;
using Skerry.Core;

namespace Skerry.Hypervisor;

/// <summary>The last bytes of a stream, in memory: what a helper process said on its standard error.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class BoundedTail(int limitBytes)
{
    private readonly Lock _lock = new();
    private byte[] _bytes = [];

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            byte[] all = [.. _bytes, .. bytes];
            _bytes = all.Length <= limitBytes ? all : all[^limitBytes..];
        }
    }

    /// <summary>The text, trimmed and harmless to show.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            return GuestText.Sanitize(Encoding.UTF8.GetString(_bytes)).Trim();
        }
    }
}
