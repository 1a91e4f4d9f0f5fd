using Skerry.Vsock.Hybrid;

namespace Skerry.Fuzz.Targets;

/// <summary>The first line on a sandbox's unix socket.</summary>
internal sealed class HybridLineTarget : IFuzzTarget
{
    public string Name => "hybrid-line";

    public IReadOnlyList<byte[]> Seeds { get; } = ["CONNECT 1024"u8.ToArray(), "OK 1073741824"u8.ToArray(), "connect 4294967295"u8.ToArray()];

    public int MaxInputBytes => 64;

    public void Run(byte[] input)
    {
        if (HybridHandshake.TryReadConnect(input, out uint port) && !HybridHandshake.Connect(port).AsSpan(0, 8).SequenceEqual("CONNECT "u8))
        {
            throw new InvalidOperationException("read what cannot be written");
        }

        HybridHandshake.TryReadOk(input, out _);
    }
}
