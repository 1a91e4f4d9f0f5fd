using System.Globalization;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Files that readers see either as they were or as they are, never half written, whatever crashes.</summary>
public static partial class AtomicFile
{
    private static long s_serial;

    /// <summary>Replaces <paramref name="path"/>: a temporary file beside it, fsync, rename, fsync of the directory.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="contents">The new contents.</param>
    /// <param name="mode">Permissions, before the umask.</param>
    /// <exception cref="SyscallException">ENOSPC, EACCES, ENOENT; the old contents are still there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> contents, uint mode = 0b110_000_000)
    {
        string serial = Interlocked.Increment(ref s_serial).ToString(CultureInfo.InvariantCulture);
        string temporary = $"{path}.{Environment.ProcessId}-{serial}.tmp";
        try
        {
            using (FileDescriptor file = FileDescriptor.Open(temporary, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC, mode))
            {
                file.Write(contents);
                Flush(file);
            }

            Syscall.Check(Native.Rename(temporary, path), "rename", $"\"{temporary}\" to \"{path}\"");
        }
        catch (SyscallException)
        {
            // May be missing, when it was never made; the error that matters is on its way.
            _ = Native.Unlink(temporary);
            throw;
        }

        using FileDescriptor directory = FileDescriptor.Open(Path.GetDirectoryName(Path.GetFullPath(path))!, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        Flush(directory);
    }

    /// <summary>fsync(2): returns when the file's contents, or the directory's entries, would survive a power cut.</summary>
    /// <exception cref="SyscallException">EIO, ENOSPC.</exception>
    public static void Flush(FileDescriptor file) => Syscall.Check(Native.Fsync(file), "fsync", $"descriptor {file.Number}");

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Rename(string from, string to);

        [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Unlink(string path);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        internal static partial int Fsync(SafeHandle file);
    }
}
