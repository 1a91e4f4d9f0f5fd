using System.Text;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Oci;

namespace Skerry.Images.Mounting;

/// <summary>Resolves users against the account files of a root file system, which are read without following links out of it.</summary>
public static class RootfsAccounts
{
    private const int MaxFileBytes = 4 * 1024 * 1024;

    /// <summary>Resolves <paramref name="user"/>, <c>user[:group]</c>, in the directory <paramref name="rootfs"/>.</summary>
    /// <exception cref="SkerryException">InvalidArgument for an unknown name, in runc's words.</exception>
    public static ResolvedUser Resolve(string rootfs, string user) => Resolve([rootfs], user);

    /// <summary>Resolves <paramref name="user"/> in an image that is not mounted: the topmost layer that has a file wins.</summary>
    /// <exception cref="SkerryException">InvalidArgument for an unknown name, in runc's words.</exception>
    public static ResolvedUser Resolve(StoredImage image, string user) => Resolve([.. image.LayerDirectories.Reverse()], user);

    private static ResolvedUser Resolve(IReadOnlyList<string> roots, string user) =>
        UserResolver.Resolve(user, Read(roots, "etc/passwd"), Read(roots, "etc/group"));

    private static string Read(IReadOnlyList<string> roots, string path) =>
        roots.Select(root => RootedFiles.TryRead(root, path, MaxFileBytes)).FirstOrDefault(content => content is not null) is { } found
            ? Encoding.UTF8.GetString(found)
            : string.Empty;
}
