using System.Text;
using Skerry.Core;
using Skerry.Sandbox;

namespace Skerry.Shim;

/// <summary>The socket of one sandbox's shim: containerd's convention, or the sandbox's state directory where there is no containerd.</summary>
internal static class ShimAddress
{
    /// <summary>The file of a bundle that holds the address.</summary>
    internal const string FileName = "address";
    private const string Scheme = "unix://";
    private const string ContainerdDirectory = "/run/containerd/s";
    private const int MostPathBytes = 106;

    /// <summary>The socket's path for <paramref name="sandbox"/>.</summary>
    /// <param name="containerdAddress">containerd's own socket; empty without containerd.</param>
    /// <param name="containerdNamespace">containerd's namespace.</param>
    /// <param name="sandbox">The sandbox.</param>
    /// <param name="socketDirectory">Where sockets go when the caller says so (containerd 2.3); null for the convention.</param>
    /// <exception cref="SkerryException">InvalidArgument when the path is longer than a socket's may be.</exception>
    internal static string PathFor(string containerdAddress, string containerdNamespace, SandboxId sandbox, string? socketDirectory = null)
    {
        string path = containerdAddress.Length == 0
            ? new SandboxPaths(sandbox, SandboxPaths.StateRoot).ShimSocket
            : Path.Combine(socketDirectory ?? ContainerdDirectory, HashOf(containerdAddress, containerdNamespace, sandbox));
        return Encoding.UTF8.GetByteCount(path) < MostPathBytes
            ? path
            : throw new SkerryException(
                FailureKind.InvalidArgument, $"the socket path \"{path}\" is longer than {MostPathBytes - 1} bytes", "use a shorter state directory or sandbox id");
    }

    /// <summary>The address as it is printed and written into the bundle.</summary>
    internal static string ToUrl(string path) => Scheme + path;

    /// <summary>The path of a printed address.</summary>
    internal static string FromUrl(string url) => url.StartsWith(Scheme, StringComparison.Ordinal) ? url[Scheme.Length..] : url;

    /// <summary>The path that <c>start</c> has written into the bundle, which a caller may have chosen; null when it has not.</summary>
    internal static string? InBundle(string bundle)
    {
        string file = Path.Combine(bundle, FileName);
        return File.Exists(file) ? FromUrl(File.ReadAllText(file).Trim()) : null;
    }

    /// <summary>Removes a shim's socket, and the sandbox's directory when the socket was the last thing in it. Harmless when they are gone.</summary>
    internal static void Remove(string path, SandboxPaths paths)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            return;
        }

        File.Delete(path);
        if (path == paths.ShimSocket && !Directory.EnumerateFileSystemEntries(paths.Directory).Any())
        {
            Directory.Delete(paths.Directory);
        }
    }

    private static string HashOf(string address, string containerdNamespace, SandboxId sandbox)
    {
        // filepath.Join of the three: containerd's SocketAddress.
        string joined = Path.Combine(address, containerdNamespace, sandbox.Value);
        return Convert.ToHexStringLower(Sha256.Hash(Encoding.UTF8.GetBytes(joined)));
    }
}
