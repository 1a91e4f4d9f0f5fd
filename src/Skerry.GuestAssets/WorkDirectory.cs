using Skerry.Core;
using Skerry.Linux;

namespace Skerry.GuestAssets;

/// <summary>
/// A directory beside a result, in which it is made: what an interrupted build left there is removed first, and a second build of
/// the same result waits for the first.
/// </summary>
internal sealed class WorkDirectory : IDisposable
{
    private readonly FileLock _lock;

    private WorkDirectory(string path, FileLock held)
    {
        Path = path;
        _lock = held;
    }

    internal string Path { get; }

    /// <summary>Takes the directory for <paramref name="result"/>, empty.</summary>
    /// <exception cref="GuestAssetException">HostDenied when it cannot be made.</exception>
    internal static async Task<WorkDirectory> TakeAsync(string result, CancellationToken cancellationToken)
    {
        string parent = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(result))!;
        string path = System.IO.Path.Combine(parent, $".{System.IO.Path.GetFileName(result)}.work");
        try
        {
            Directory.CreateDirectory(parent);
            FileLock held = await FileLock.TakeTemporaryAsync(path + ".lock", cancellationToken).ConfigureAwait(false);
            return Make(path, held);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or SyscallException)
        {
            throw new GuestAssetException(FailureKind.HostDenied, $"cannot make \"{path}\"", "choose another --output, or make room", cause);
        }
    }

    /// <summary>A path in it.</summary>
    internal string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Removes it and gives the lock back.</summary>
    public void Dispose()
    {
        Remove(Path);
        _lock.Dispose();
    }

    private static WorkDirectory Make(string path, FileLock held)
    {
        try
        {
            Remove(path);
            Directory.CreateDirectory(path);
            return new WorkDirectory(path, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
