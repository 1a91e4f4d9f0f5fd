using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>The file of a network namespace, such as /run/netns/NAME or /proc/PID/ns/net.</summary>
internal static class NetworkNamespaceFile
{
    /// <summary>Opens the namespace at <paramref name="path"/>, which keeps it alive.</summary>
    /// <exception cref="SkerryException">NotFound when there is none; else why it cannot be opened.</exception>
    internal static FileDescriptor Open(string path)
    {
        FileDescriptor? file = FileDescriptor.TryOpen(path, OpenFlags.O_RDONLY, 0, out Errno error);
        return file ?? throw new SkerryException(
            error == Errno.ENOENT ? FailureKind.NotFound : FailureKind.FailedPrecondition,
            $"cannot open the network namespace \"{path}\"",
            "the manager must make it before the sandbox; it may have been deleted meanwhile",
            new SyscallException("open", $"\"{path}\"", error));
    }

    /// <summary>The number that tells a namespace from every other that lives now; null for a missing file.</summary>
    internal static ulong? IdentityOf(string path)
    {
        using FileDescriptor? file = FileDescriptor.TryOpen(path, OpenFlags.O_RDONLY, 0, out _);
        return file is null ? null : IdentityOf(file);
    }

    /// <summary>The number that tells a namespace from every other that lives now.</summary>
    internal static ulong IdentityOf(FileDescriptor file) => Attributes.Status(file).Inode;
}
