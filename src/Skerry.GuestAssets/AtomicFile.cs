using Skerry.Core;

namespace Skerry.GuestAssets;

/// <summary>Puts a file in place whole: written under another name in the same directory, then renamed.</summary>
internal static class AtomicFile
{
    /// <exception cref="GuestAssetException">ResourceExhausted or HostDenied; nothing is left under either name then.</exception>
    internal static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string directory = Path.GetDirectoryName(path)!;
        string temporary = Path.Combine(directory, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(directory);
            await File.WriteAllBytesAsync(temporary, content, cancellationToken).ConfigureAwait(false);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            FailureKind kind = cause is UnauthorizedAccessException ? FailureKind.HostDenied : FailureKind.ResourceExhausted;
            throw new GuestAssetException(kind, $"cannot write \"{path}\"", $"it needs {content.Length / 1024 / 1024 + 1} MiB and write permission there", cause);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
