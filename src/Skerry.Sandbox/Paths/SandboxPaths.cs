using Skerry.Core;

namespace Skerry.Sandbox;

/// <summary>Where one sandbox keeps its state on the host: everything lives below <c>&lt;state root&gt;/&lt;id&gt;</c>.</summary>
public sealed record SandboxPaths
{
    /// <summary>The environment variable that moves the state root, for tests.</summary>
    public const string RootVariable = "SKERRY_STATE_DIR";

    private const string DefaultRoot = "/run/skerry";

    /// <summary>The paths of <paramref name="id"/> below <paramref name="root"/>, an absolute directory.</summary>
    public SandboxPaths(SandboxId id, string root)
    {
        Id = id;
        Root = root;
        Directory = Path.Combine(root, id.Value);
    }

    /// <summary>The state root of this process: <c>SKERRY_STATE_DIR</c>, else <c>/run/skerry</c>.</summary>
    public static string StateRoot =>
        Environment.GetEnvironmentVariable(RootVariable) is { Length: > 0 } root ? Path.GetFullPath(root) : DefaultRoot;

    /// <summary>The sandbox.</summary>
    public SandboxId Id { get; }

    /// <summary>The directory of all sandboxes.</summary>
    public string Root { get; }

    /// <summary>The sandbox's own directory, mode 0700.</summary>
    public string Directory { get; }

    /// <summary>The record that is enough to clean up after a crash.</summary>
    public string Record => Path.Combine(Directory, "state.json");

    /// <summary>The unix-socket face of the guest channel.</summary>
    public string VsockSocket => Path.Combine(Directory, "vsock.sock");

    /// <summary>The file daemon's vhost-user socket.</summary>
    public string FileDaemonSocket => Path.Combine(Directory, "virtiofs.sock");

    /// <summary>The directory exported to the guest; a mount of its own with shared propagation.</summary>
    public string Share => Path.Combine(Directory, "shared");

    /// <summary>Where binds are made read-only before they enter <see cref="Share"/>: flags do not propagate, copies of a mount have them.</summary>
    public string Staging => Path.Combine(Directory, "staging");

    /// <summary>The shim's socket when no containerd gives a directory for it.</summary>
    public string ShimSocket => Path.Combine(Directory, "shim.sock");

    /// <summary>When each step of the sandbox's life happened, written as it ends.</summary>
    public string Timeline => Path.Combine(Directory, "timeline.json");

    /// <summary>The file that containers of the pod see at <paramref name="path"/>, as in /etc/hosts.</summary>
    public string PodFile(string path) => Path.Combine(Directory, Path.GetFileName(path));

    /// <summary>The rootfs mount point of a container, seen from the host.</summary>
    public string RootFs(ContainerId container) => Path.Combine(Share, container.Value, "rootfs");
}
