using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Hypervisor.VirtioFs;
using Skerry.Linux;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>The share of a sandbox over virtio-fs: mounts in our namespace, one file daemon that sees them by propagation.</summary>
public sealed class VirtioFsShare : IGuestShare
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly MountedShare _mounts;
    private readonly VirtioFsDaemon _daemon;

    private VirtioFsShare(MountedShare mounts, VirtioFsDaemon daemon, int queueSize)
    {
        _mounts = mounts;
        _daemon = daemon;
        Lost = WatchAsync(daemon);
        Directories = [new SharedDirectory { Tag = GuestPaths.ShareTag, SocketPath = daemon.SocketPath, QueueSize = queueSize }];
    }

    /// <inheritdoc/>
    public IReadOnlyList<SharedDirectory> Directories { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> ProcessIds => [_daemon.ProcessId];

    /// <inheritdoc/>
    public Task<string> Lost { get; }

    /// <summary>Mounts the share directory and starts its daemon, which listens when this returns.</summary>
    /// <param name="request">Where, and by which daemon.</param>
    /// <param name="host">Where the paths of root file systems and volumes lead.</param>
    /// <param name="log">The log.</param>
    public static VirtioFsShare Open(ShareRequest request, HostMounts host, ILogger log)
    {
        var mounts = new MountedShare(request.Paths.Share, request.Paths.Staging, host);
        try
        {
            var config = new VirtioFsDaemonConfig
            {
                Path = request.Hypervisor.VirtioFsDaemon,
                SharedDirectory = request.Paths.Share,
                SocketPath = request.Paths.FileDaemonSocket,
                Cache = request.Hypervisor.VirtioFsCache,
                ExtraArguments = request.Hypervisor.VirtioFsExtraArgs,
            };
            return new VirtioFsShare(mounts, VirtioFsDaemon.Start(config, log), (int)request.Hypervisor.VirtioFsQueueSize);
        }
        catch
        {
            mounts.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void AddRootFs(ContainerId container, IReadOnlyList<RootFsMount> mounts, string rootPath) => _mounts.AddRootFs(container, mounts, rootPath);

    /// <inheritdoc/>
    public void AddBind(ContainerId container, string name, string source, bool recursive, ShareAccess access) =>
        _mounts.AddBind(container, name, source, recursive, access);

    /// <inheritdoc/>
    public void AddFileSystem(ContainerId container, string name, OciMount mount) => _mounts.AddFileSystem(container, name, mount);

    /// <inheritdoc/>
    public void Remove(ContainerId container) => _mounts.Remove(container);

    private static async Task<string> WatchAsync(VirtioFsDaemon daemon)
    {
        ExitStatus status = await daemon.Exited.ConfigureAwait(false);
        string how = status.Signal is { } signal ? $"was killed by signal {signal}" : $"exited with code {status.Code}";
        return daemon.Message.Length == 0 ? $"the virtio-fs daemon {how}" : $"the virtio-fs daemon {how}; it said: {daemon.Message}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _daemon.StopAsync(Grace, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await _daemon.DisposeAsync().ConfigureAwait(false);
            _mounts.Dispose();
        }
    }
}
