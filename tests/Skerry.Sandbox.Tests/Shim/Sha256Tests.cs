using System.Security.Cryptography;
using Skerry.Shim;

namespace Skerry.Sandbox.Tests.Shim;

public sealed class Sha256Tests
{
    [Fact]
    public void EveryLengthUpToThreeBlocks_HashesAsTheReferenceDoes()
    {
        byte[] message = new byte[192];
        new Random(1).NextBytes(message);
        for (int length = 0; length <= message.Length; length++)
        {
            Assert.Equal(SHA256.HashData(message.AsSpan(0, length)), Sha256.Hash(message.AsSpan(0, length)));
        }
    }
}
