using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// What a container gets of a pod that has no pause container: files of the pod, its shared memory, its sysctls (they would have been
/// set by the pause container, and hold for namespaces that the whole guest shares).
/// </summary>
internal static class PodMember
{
    private const string Shm = "/dev/shm";

    /// <summary>The spec of a container of <paramref name="pod"/>; what it mounts or sets itself goes first.</summary>
    internal static OciSpec Join(OciSpec spec, LaunchConfig pod, SandboxPaths paths) => spec with
    {
        Mounts = [.. pod.SharedMemory ? WithSharedMemory(spec.Mounts) : spec.Mounts, .. FilesOf(spec, pod, paths)],
        Linux = (spec.Linux ?? new OciLinux()) with { Sysctl = Merge(pod.Spec.Linux?.Sysctl, spec.Linux?.Sysctl) },
    };

    private static IEnumerable<OciMount> FilesOf(OciSpec spec, LaunchConfig pod, SandboxPaths paths) => pod.Files.Keys
        .Where(path => !spec.Mounts.Any(mount => mount.Destination == path))
        .Select(path => Bind(path, paths.PodFile(path), spec.Root is { Readonly: true } ? "ro" : "rw"));

    // A tmpfs there is the default that every spec has; anything else was asked for.
    private static IEnumerable<OciMount> WithSharedMemory(IReadOnlyList<OciMount> mounts)
    {
        bool asked = mounts.Any(mount => mount.Destination == Shm && mount.Type != "tmpfs");
        return asked ? mounts : mounts.Where(mount => mount.Destination != Shm).Append(Bind(Shm, Shm, "rw"));
    }

    private static OciMount Bind(string destination, string source, string access) =>
        new() { Destination = destination, Type = "bind", Source = source, Options = ["rbind", access] };

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string>? pod, IReadOnlyDictionary<string, string>? own)
    {
        var all = new Dictionary<string, string>(pod ?? new Dictionary<string, string>());
        foreach ((string name, string value) in own ?? new Dictionary<string, string>())
        {
            all[name] = value;
        }

        return all;
    }
}
