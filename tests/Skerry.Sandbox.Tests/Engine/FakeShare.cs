using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Oci;

namespace Skerry.Sandbox.Tests.Engine;

/// <summary>A share that only remembers what it was told.</summary>
internal sealed class FakeShare : IGuestShare
{
    internal List<string> Log { get; } = [];

    internal Exception? RootFsFailure { get; set; }

    internal bool Disposed { get; private set; }

    public IReadOnlyList<SharedDirectory> Directories => [];

    public IReadOnlyList<int> ProcessIds => [];

    public Task<string> Lost => Loss.Task;

    internal TaskCompletionSource<string> Loss { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void AddRootFs(ContainerId container, IReadOnlyList<RootFsMount> mounts, string rootPath)
    {
        if (RootFsFailure is { } failure)
        {
            throw failure;
        }

        Log.Add($"rootfs {container}");
    }

    public void AddBind(ContainerId container, string name, string source, bool recursive, ShareAccess access) => Log.Add($"bind {source}");

    public void AddFileSystem(ContainerId container, string name, OciMount mount) => Log.Add($"mount {mount.Type}");

    public void Remove(ContainerId container) => Log.Add($"remove {container}");

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        Loss.TrySetResult("disposed");
        return ValueTask.CompletedTask;
    }
}
