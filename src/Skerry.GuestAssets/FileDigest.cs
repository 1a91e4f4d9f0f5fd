using System.Security.Cryptography;
using Skerry.Core;

namespace Skerry.GuestAssets;

/// <summary>Digests of files.</summary>
internal static class FileDigest
{
    /// <exception cref="GuestAssetException">HostDenied when the file cannot be read.</exception>
    internal static byte[] Sha256(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return SHA256.HashData(file);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new GuestAssetException(FailureKind.HostDenied, $"cannot read \"{path}\"", cause: cause);
        }
    }
}
