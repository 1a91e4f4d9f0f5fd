using System.Security.Cryptography;
using Skerry.Oci;

namespace Skerry.Images.Streams;

/// <summary>Passes a stream through and computes the digest and the count of what passes.</summary>
internal sealed class DigestingStream(Stream inner, Action<long>? onRead = null) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes passed so far.</summary>
    internal long Count { get; private set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        _hash.AppendData(buffer[..count]);
        Count += count;
        onRead?.Invoke(Count);
        return count;
    }

    /// <summary>Reads what is left, and gives the digest of everything.</summary>
    internal Digest Finish()
    {
        byte[] buffer = new byte[64 * 1024];
        while (Read(buffer) > 0)
        {
        }

        return Digest.FromHash(_hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
