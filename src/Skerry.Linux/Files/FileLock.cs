using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>An exclusive lock between processes: flock(2) on a file, held until disposed or until the process ends.</summary>
public sealed partial class FileLock : IDisposable
{
    private const int LOCK_EX = 2;
    private const int LOCK_NB = 4;

    private readonly FileDescriptor _file;
    private readonly string? _temporary;

    private FileLock(FileDescriptor file, string? temporary = null)
    {
        _file = file;
        _temporary = temporary;
    }

    /// <summary>Takes the lock, making the file when it is missing; null when another holder has it.</summary>
    /// <exception cref="SyscallException">The file cannot be opened.</exception>
    public static FileLock? TryTake(string path)
    {
        FileDescriptor file = FileDescriptor.Open(path, OpenFlags.O_RDWR | OpenFlags.O_CREAT, 0b110_000_000);
        if (Native.Flock(file, LOCK_EX | LOCK_NB) == 0)
        {
            return new FileLock(file);
        }

        Errno error = Syscall.LastError;
        file.Dispose();
        return error == Errno.EAGAIN ? null : throw new SyscallException("flock", $"\"{path}\"", error);
    }

    /// <summary>As <see cref="TryTake"/>, but the file goes when the lock is given back.</summary>
    /// <remarks>A holder removes the file before it lets go: whoever locked it meanwhile sees that the name leads elsewhere, and tries again.</remarks>
    /// <exception cref="SyscallException">The file cannot be opened.</exception>
    public static FileLock? TryTakeTemporary(string path)
    {
        while (TryTake(path) is { } held)
        {
            if (held.IsNamed(path))
            {
                return new FileLock(held._file, path);
            }

            held.Dispose();
        }

        return null;
    }

    /// <summary>As <see cref="TakeAsync"/>, but the file goes when the lock is given back.</summary>
    /// <remarks>
    /// Who waited holds the file that the holder before it removed. A third makes a new file under the name and locks that: so a lock
    /// counts only while the name leads to the locked file.
    /// </remarks>
    /// <exception cref="SyscallException">The file cannot be opened.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a lock that arrives later is given back.</exception>
    public static async Task<FileLock> TakeTemporaryAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            FileLock held = await TakeAsync(path, cancellationToken).ConfigureAwait(false);
            if (held.IsNamed(path))
            {
                return new FileLock(held._file, path);
            }

            held.Dispose();
        }
    }

    /// <summary>Waits for the lock, on a thread of its own.</summary>
    /// <exception cref="SyscallException">The file cannot be opened.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a lock that arrives later is given back.</exception>
    public static async Task<FileLock> TakeAsync(string path, CancellationToken cancellationToken)
    {
        FileLock? free = TryTake(path);
        if (free is not null)
        {
            return free;
        }

        Task<FileLock> taking = DedicatedThread.RunAsync("skerry-flock", () => Take(path));
        try
        {
            return await taking.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = taking.ContinueWith(
                static late => late.Result.Dispose(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        if (_temporary is not null)
        {
            File.Delete(_temporary);
        }

        _file.Dispose();
    }

    private bool IsNamed(string path) =>
        Attributes.TryStatus(path, followLinks: false, out FileStatus there, out _) && there.Inode == Attributes.Status(_file).Inode;

    private static FileLock Take(string path)
    {
        FileDescriptor file = FileDescriptor.Open(path, OpenFlags.O_RDWR | OpenFlags.O_CREAT, 0b110_000_000);
        int result;
        do
        {
            result = Native.Flock(file, LOCK_EX);
        }
        while (Syscall.Interrupted(result));

        Syscall.Check(result, "flock", $"\"{path}\"");
        return new FileLock(file);
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
        internal static partial int Flock(SafeHandle file, int operation);
    }
}
