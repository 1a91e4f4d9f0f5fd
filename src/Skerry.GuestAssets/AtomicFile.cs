using Skerry.Core;

namespace Skerry.GuestAssets;

/// <summary>Puts files in place whole: written under other names in the same directories, then renamed.</summary>
internal static class AtomicFile
{
    /// <exception cref="GuestAssetException">ResourceExhausted or HostDenied; what had this name before still has it.</exception>
    internal static Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        WriteAllAsync([(path, content)], cancellationToken);

    /// <summary>Puts files in place that belong together: none takes its name before there was room for all.</summary>
    /// <exception cref="GuestAssetException">ResourceExhausted or HostDenied; without room, what had these names before still has them.</exception>
    internal static async Task WriteAllAsync(IReadOnlyList<(string Path, ReadOnlyMemory<byte> Content)> files, CancellationToken cancellationToken)
    {
        string[] temporaries = [.. files.Select(file => Path.Combine(Path.GetDirectoryName(file.Path)!, $".{Path.GetFileName(file.Path)}.{Guid.NewGuid():N}.tmp"))];
        try
        {
            foreach (((string path, ReadOnlyMemory<byte> content), string temporary) in files.Zip(temporaries))
            {
                await WriteAsync(path, temporary, content, cancellationToken).ConfigureAwait(false);
            }

            foreach (((string path, _), string temporary) in files.Zip(temporaries))
            {
                Rename(temporary, path);
            }
        }
        finally
        {
            foreach (string temporary in temporaries.Where(File.Exists))
            {
                File.Delete(temporary);
            }
        }
    }

    private static async Task WriteAsync(string path, string temporary, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(temporary, content, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            FailureKind kind = cause is UnauthorizedAccessException ? FailureKind.HostDenied : FailureKind.ResourceExhausted;
            throw new GuestAssetException(kind, $"cannot write \"{path}\"", $"it needs {content.Length / 1024 / 1024 + 1} MiB and write permission there", cause);
        }
    }

    private static void Rename(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new GuestAssetException(FailureKind.HostDenied, $"cannot put \"{path}\" in place", "is a directory of that name in the way, or one that cannot be written?", cause);
        }
    }
}
