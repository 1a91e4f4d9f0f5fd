using System.Runtime.InteropServices;
using Skerry.Core;

namespace Skerry.Linux;

/// <summary>A system call failed where success was expected: the call, what it acted on, and the error number.</summary>
public sealed class SyscallException : SkerryException
{
    /// <summary>Makes the error of <paramref name="call"/> on <paramref name="subject"/>.</summary>
    /// <param name="call">The name of the call, as in "mount".</param>
    /// <param name="subject">What it acted on, ready to print: paths in double quotes.</param>
    /// <param name="errno">The error number.</param>
    /// <param name="hint">What the user can do next, or null.</param>
    public SyscallException(string call, string subject, Errno errno, string? hint = null)
        : base(KindOf(errno), $"{call} {subject}: {Describe(errno)}", hint)
    {
        Call = call;
        Subject = subject;
        Errno = errno;
    }

    /// <summary>The name of the call.</summary>
    public string Call { get; }

    /// <summary>What the call acted on.</summary>
    public string Subject { get; }

    /// <summary>The error number.</summary>
    public Errno Errno { get; }

    /// <summary>The error of the import that just failed on this thread.</summary>
    public static SyscallException Last(string call, string subject) => new(call, subject, Syscall.LastError);

    /// <summary>The name and the text of an error number, as in "EACCES, permission denied".</summary>
    public static string Describe(Errno errno) => $"{errno}, {TextOf(errno)}";

    /// <summary>The text of an error number, as in "permission denied".</summary>
    public static string TextOf(Errno errno)
    {
        string text = Marshal.GetPInvokeErrorMessage((int)errno);
        bool sentence = text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]);
        return sentence ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }

    internal static FailureKind KindOf(Errno errno) => errno switch
    {
        Errno.ENOENT or Errno.ENODEV or Errno.ENXIO or Errno.ESRCH => FailureKind.NotFound,
        Errno.EEXIST => FailureKind.AlreadyExists,
        Errno.EPERM or Errno.EACCES or Errno.EROFS or Errno.ENOSYS => FailureKind.HostDenied,
        Errno.ENOMEM or Errno.ENOSPC or Errno.EDQUOT or Errno.EMFILE or Errno.ENFILE or Errno.EAGAIN => FailureKind.ResourceExhausted,
        Errno.EINVAL or Errno.ENAMETOOLONG or Errno.ELOOP or Errno.E2BIG or Errno.ENOEXEC => FailureKind.InvalidArgument,
        Errno.EBUSY or Errno.ENOTEMPTY or Errno.ENOTDIR or Errno.EISDIR or Errno.ETXTBSY => FailureKind.FailedPrecondition,
        Errno.EPIPE or Errno.ECONNRESET or Errno.ECONNREFUSED or Errno.ENOTCONN => FailureKind.Unavailable,
        Errno.ETIMEDOUT => FailureKind.TimedOut,
        _ => FailureKind.Internal,
    };
}
