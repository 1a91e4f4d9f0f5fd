using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Watches one file or directory for changes: inotify(7).</summary>
public sealed partial class FileWatch : IDisposable
{
    private readonly FileDescriptor _inotify;
    private readonly FdStream _events;
    private readonly byte[] _buffer = new byte[4096];

    private FileWatch(FileDescriptor inotify)
    {
        _inotify = inotify;
        _events = new FdStream(inotify);
    }

    /// <summary>Begins to watch: changes from now on are seen, also those before <see cref="WaitAsync"/> is called.</summary>
    /// <param name="path">The file or directory, which must exist.</param>
    /// <param name="events">What counts as a change.</param>
    /// <exception cref="SyscallException">ENOENT; ENOSPC or EMFILE at the user's limit of watches.</exception>
    public static FileWatch Start(string path, FileWatchEvents events)
    {
        int number = Native.Init((int)OpenFlags.O_CLOEXEC);
        Syscall.Check(number, "inotify_init1", $"for \"{path}\"");
        var inotify = new FileDescriptor(number);
        if (Native.Add(inotify, path, (uint)events) < 0)
        {
            SyscallException error = SyscallException.Last("inotify_add_watch", $"\"{path}\"");
            inotify.Dispose();
            throw error;
        }

        return new FileWatch(inotify);
    }

    /// <summary>Completes at the next change and returns what changed; several changes may be told at once.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<FileWatchEvents> WaitAsync(CancellationToken cancellationToken)
    {
        int count = await _events.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
        return Collect(_buffer.AsSpan(0, count));
    }

    /// <summary>Ends the watch and a pending wait.</summary>
    public void Dispose()
    {
        _events.Dispose();
        _inotify.Dispose();
    }

    /// <summary>The records are struct inotify_event: wd, mask, cookie, len, then len bytes of name.</summary>
    private static FileWatchEvents Collect(ReadOnlySpan<byte> records)
    {
        FileWatchEvents events = FileWatchEvents.None;
        while (records.Length >= 16)
        {
            ReadOnlySpan<uint> header = MemoryMarshal.Cast<byte, uint>(records[..16]);
            events |= (FileWatchEvents)header[1];
            records = records[(16 + (int)header[3])..];
        }

        return events;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
        internal static partial int Init(int flags);

        [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Add(SafeHandle inotify, string path, uint mask);
    }
}
