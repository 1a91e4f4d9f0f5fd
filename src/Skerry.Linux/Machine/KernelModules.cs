using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Loads kernel modules from files.</summary>
public static partial class KernelModules
{
    private const nint SYS_finit_module = 313;
    private const int MODULE_INIT_COMPRESSED_FILE = 4;

    /// <summary>Loads the module in <paramref name="path"/>; false when it is loaded already.</summary>
    /// <param name="path">A .ko file, or one compressed in a way this kernel reads itself.</param>
    /// <param name="parameters">Parameters as <c>name=value</c>, separated by blanks.</param>
    /// <exception cref="SyscallException">ENOEXEC for a module of another kernel, ENOENT for a missing file or dependency.</exception>
    public static bool Load(string path, string parameters)
    {
        using FileDescriptor file = FileDescriptor.Open(path, OpenFlags.O_RDONLY);
        int flags = path.EndsWith(".ko", StringComparison.Ordinal) ? 0 : MODULE_INIT_COMPRESSED_FILE;
        nint result = Native.FInitModule(SYS_finit_module, file, parameters, flags);
        if (result < 0 && Syscall.LastError == Errno.EEXIST)
        {
            return false;
        }

        Syscall.Check(result, "finit_module", $"\"{path}\"");
        return true;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial nint FInitModule(nint number, SafeHandle file, string parameters, nint flags);
    }
}
