using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Named pipes, fifo(7).</summary>
public static partial class Fifos
{
    /// <summary>Makes a fifo at <paramref name="path"/>, mkfifo(3); the process's umask applies.</summary>
    /// <exception cref="SyscallException">EEXIST when the path is taken; ENOENT without its directory.</exception>
    public static void Make(string path, UnixFileMode mode)
    {
        if (Native.MakeFifo(path, (uint)mode) < 0)
        {
            throw SyscallException.Last("mkfifo", $"\"{path}\"");
        }
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int MakeFifo(string path, uint mode);
    }
}
