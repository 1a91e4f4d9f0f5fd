using Skerry.Core;

namespace Skerry.GuestAssets;

/// <summary>Reads a kernel or agent file whole, with errors that name it.</summary>
internal static class KernelFile
{
    /// <summary>Larger than any kernel with debug information stripped; a limit against a wrong path, not a rule.</summary>
    private const long MaxSizeBytes = 512L * 1024 * 1024;

    internal static byte[] Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > MaxSizeBytes)
            {
                throw new GuestAssetException(FailureKind.InvalidArgument, $"\"{path}\" has {file.Length} bytes, too many for a kernel", "strip its debug sections");
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new GuestAssetException(FailureKind.NotFound, $"\"{path}\" does not exist", cause: cause);
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or IOException)
        {
            throw new GuestAssetException(FailureKind.HostDenied, $"cannot read \"{path}\"", cause: cause);
        }
    }
}
