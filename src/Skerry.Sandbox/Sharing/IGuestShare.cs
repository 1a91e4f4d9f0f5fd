using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// The directory a sandbox shares with its guest: root file systems and volumes appear in it. Calls come one at a time.
/// </summary>
/// <remarks>Disposal ends the file daemon and takes every mount away; it may be called twice.</remarks>
public interface IGuestShare : IAsyncDisposable
{
    /// <summary>What the machine is told about it.</summary>
    IReadOnlyList<SharedDirectory> Directories { get; }

    /// <summary>The file daemons' processes.</summary>
    IReadOnlyList<int> ProcessIds { get; }

    /// <summary>Completes when the share can serve the guest no longer, with the reason; also after a machine's orderly end.</summary>
    Task<string> Lost { get; }

    /// <summary>Makes a container's root file system appear under its guest path.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mounts">The mounts to make; empty to take <paramref name="rootPath"/> as it is.</param>
    /// <param name="rootPath">An existing directory; used without mounts.</param>
    void AddRootFs(ContainerId container, IReadOnlyList<RootFsMount> mounts, string rootPath);

    /// <summary>Makes a host directory or file appear as <paramref name="name"/>.</summary>
    /// <param name="container">The container it belongs to, and is removed with.</param>
    /// <param name="name">A name directly below the share.</param>
    /// <param name="source">What is shared.</param>
    /// <param name="recursive">With the mounts below it.</param>
    /// <param name="access">What the guest may do with it.</param>
    void AddBind(ContainerId container, string name, string source, bool recursive, ShareAccess access);

    /// <summary>Mounts a file system of the host and makes it appear as <paramref name="name"/>.</summary>
    void AddFileSystem(ContainerId container, string name, OciMount mount);

    /// <summary>Takes away all that belongs to <paramref name="container"/>.</summary>
    void Remove(ContainerId container);
}
