using Skerry.Protocols.Agent;

namespace Skerry.Sandbox;

/// <summary>
/// Volumes that the kubelet changes while containers watch them: ConfigMaps, Secrets, projected and downward API. A shared file
/// system brings no inotify events into the guest, so the agent keeps small ones as copies that it changes as the host's change.
/// </summary>
internal static class WatchedVolumes
{
    private const string Directory = "/run/kata-containers/watchable/";

    private static readonly string[] Kinds = ["/kubernetes.io~configmap/", "/kubernetes.io~secret/", "/kubernetes.io~projected/", "/kubernetes.io~downward-api/"];

    /// <summary>The storage that shows the shared entry <paramref name="shareName"/> to the container; null for a volume of another kind.</summary>
    internal static Storage? Of(string source, string shareName) => !Kinds.Any(kind => source.Contains(kind, StringComparison.Ordinal)) ? null : new Storage
    {
        Driver = "watchable-bind",
        Source = GuestPaths.Shared(shareName),
        Fstype = "bind",
        MountPoint = Directory + shareName,
    };
}
