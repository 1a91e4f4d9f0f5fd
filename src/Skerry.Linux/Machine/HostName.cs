using System.Runtime.InteropServices;
using System.Text;

namespace Skerry.Linux;

/// <summary>The host name of a UTS namespace.</summary>
public static partial class HostName
{
    /// <summary>Sets the host name of the calling thread's UTS namespace.</summary>
    /// <exception cref="SyscallException">EPERM; EINVAL when it has more than 64 bytes.</exception>
    public static void Set(string name) =>
        Syscall.Check(Native.SetHostName(name, (nuint)Encoding.UTF8.GetByteCount(name)), "sethostname", $"\"{name}\"");

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "sethostname", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int SetHostName(string name, nuint length);
    }
}
