using System.Runtime.InteropServices;

namespace Skerry.Linux.Cgroups;

/// <summary>Tells when a file was changed, by inotify(7); the kernel reports changes of cgroup event files this way.</summary>
/// <remarks>Open the watch first, then read the file, then wait: a change in between ends the wait at once.</remarks>
internal sealed partial class FileChangeWatch : IDisposable
{
    private const int IN_NONBLOCK = 0x800;
    private const int IN_CLOEXEC = 0x80000;
    private const uint IN_MODIFY = 0x2;

    private readonly FileDescriptor _inotify;

    private FileChangeWatch(FileDescriptor inotify) => _inotify = inotify;

    /// <summary>Starts to watch a file.</summary>
    /// <exception cref="SyscallException">ENOENT; EMFILE at the limit of inotify instances.</exception>
    internal static FileChangeWatch Open(string path)
    {
        int number = Native.Init(IN_NONBLOCK | IN_CLOEXEC);
        Syscall.Check(number, "inotify_init1", "for \"" + path + "\"");
        var watch = new FileChangeWatch(new FileDescriptor(number));
        if (Native.AddWatch(watch._inotify, path, IN_MODIFY) < 0)
        {
            SyscallException error = SyscallException.Last("inotify_add_watch", $"\"{path}\"");
            watch.Dispose();
            throw error;
        }

        return watch;
    }

    /// <summary>Completes when the file has changed since the watch was opened, or since the last wait.</summary>
    internal async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        var events = new byte[512];
        int count;
        Errno error;
        while ((count = _inotify.TryRead(events, out error)) < 0 && error == Errno.EAGAIN)
        {
            await Reactor.Shared.WaitReadableAsync(_inotify, cancellationToken).ConfigureAwait(false);
        }

        if (count < 0)
        {
            throw new SyscallException("read", "inotify events", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _inotify.Dispose();

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
        internal static partial int Init(int flags);

        [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int AddWatch(SafeHandle inotify, string path, uint mask);
    }
}
