using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>What every import needs: the error of the last call, and when to call again.</summary>
internal static class Syscall
{
    /// <summary>The error number the last import on this thread left.</summary>
    internal static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>True when a call failed only because a signal interrupted it: <c>do … while (Syscall.Interrupted(result))</c>.</summary>
    internal static bool Interrupted(nint result) => result < 0 && LastError == Errno.EINTR;

    /// <summary>Throws the last error unless <paramref name="result"/> says success.</summary>
    /// <exception cref="SyscallException">The call returned a negative value.</exception>
    internal static void Check(nint result, string call, string subject)
    {
        if (result < 0)
        {
            throw SyscallException.Last(call, subject);
        }
    }

    /// <summary>As <see cref="Check(nint, string, string)"/>, for a subject that is put together only to be thrown.</summary>
    /// <exception cref="SyscallException">The call returned a negative value.</exception>
    internal static void Check(nint result, string call, [InterpolatedStringHandlerArgument(nameof(result))] ref SubjectText subject)
    {
        if (result < 0)
        {
            throw new SyscallException(call, subject.Take(), subject.Error);
        }
    }
}
