using System.Text;
using Skerry.Core;

namespace Skerry.Linux;

/// <summary>Kernel parameters below /proc/sys, by the names sysctl(8) uses.</summary>
public static class Sysctls
{
    private const string Root = "/proc/sys";
    private const ResolveFlags Strict = ResolveFlags.RESOLVE_BENEATH | ResolveFlags.RESOLVE_NO_SYMLINKS | ResolveFlags.RESOLVE_NO_MAGICLINKS;

    /// <summary>
    /// The path below /proc/sys of a parameter. Where the first separator is a dot, dots and slashes change places, as for
    /// sysctl(8): net.ipv4.conf.eth0/5.forwarding and net/ipv4/conf/eth0.5/forwarding are the same.
    /// </summary>
    /// <exception cref="SkerryException">InvalidArgument: an empty part, or one that leads upwards.</exception>
    public static string PathOf(string name)
    {
        int separator = name.AsSpan().IndexOfAny('.', '/');
        string path = separator >= 0 && name[separator] == '.' ? Swapped(name) : name;
        bool valid = path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal)
            && path.Split('/').All(part => part is not ("" or "." or ".."));
        return valid
            ? path
            : throw new SkerryException(FailureKind.InvalidArgument, $"sysctl \"{name}\" is not a valid name", "use a name such as net.ipv4.ip_forward");
    }

    /// <summary>Sets a parameter, in the namespaces of the calling thread.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a name that leads out of /proc/sys.</exception>
    /// <exception cref="SyscallException">ENOENT: the kernel has no such parameter; EINVAL: it refuses the value; EACCES: read-only.</exception>
    public static void Write(string name, string value)
    {
        string path = PathOf(name);
        using FileDescriptor root = FileDescriptor.Open(Root, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        using FileDescriptor? file = SafePath.TryOpenIn(root, path, OpenFlags.O_WRONLY, out Errno error, resolve: Strict);
        if (file is null || file.TryWrite(Encoding.UTF8.GetBytes(value), out error) < 0)
        {
            throw new SyscallException("write", $"sysctl \"{name}\" = \"{value}\"", error);
        }
    }

    /// <summary>Reads a parameter without its last newline; null when there is none, or it cannot be read.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a name that leads out of /proc/sys.</exception>
    public static string? TryRead(string name)
    {
        string path = PathOf(name);
        using FileDescriptor root = FileDescriptor.Open(Root, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        using FileDescriptor? file = SafePath.TryOpenIn(root, path, OpenFlags.O_RDONLY, out _, resolve: Strict);
        var buffer = new byte[4096];
        int count = file?.TryRead(buffer, out _) ?? -1;
        return count < 0 ? null : Encoding.UTF8.GetString(buffer, 0, count).TrimEnd('\n');
    }

    private static string Swapped(string name) => string.Create(name.Length, name, static (text, from) =>
    {
        for (int i = 0; i < from.Length; i++)
        {
            text[i] = from[i] switch { '.' => '/', '/' => '.', char other => other };
        }
    });
}
