using System.Globalization;
using Skerry.Agent.Boot;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols.Agent;
using OciMount = Skerry.Protocols.Agent.Oci.Mount;

namespace Skerry.Agent.Containers;

/// <summary>Directories of one container that another container of the sandbox sees too, with the mounts below them.</summary>
internal static class SharedMounts
{
    private static readonly string[] s_nameAnnotations = ["io.kubernetes.cri.container-name", "io.kubernetes.container.name"];

    /// <summary>The name a pod knows a container by; empty when its annotations do not tell.</summary>
    public static string NameOf(IReadOnlyDictionary<string, string> annotations) =>
        s_nameAnnotations.Select(annotations.GetValueOrDefault).FirstOrDefault(name => name is { Length: > 0 }) ?? string.Empty;

    /// <summary>Brings what <paramref name="request"/> names into our mount namespace and adds binds of it to the container's mounts.</summary>
    /// <param name="request">The container to make.</param>
    /// <param name="paths">Where its directory is; what is mounted there goes with it.</param>
    /// <param name="find">A container of the sandbox by id or by name, or null.</param>
    /// <exception cref="SkerryException">NotFound for an unknown container or a path it does not have.</exception>
    public static async Task PrepareAsync(CreateContainerRequest request, GuestPaths paths, Func<string, Container?> find)
    {
        string name = NameOf(request.OCI.Annotations);
        int index = 0;
        foreach (SharedMount shared in request.SharedMounts.Where(s => s.DstCtr.Length == 0 || s.DstCtr == request.ContainerId || s.DstCtr == name))
        {
            Container source = find(shared.SrcCtr) ?? throw new SkerryException(
                FailureKind.NotFound, $"shared mount \"{shared.Name}\": there is no container \"{shared.SrcCtr}\"");
            string place = string.Create(CultureInfo.InvariantCulture, $"{paths.Bundle(request.ContainerId)}/shared-{index++}");
            await BringAsync(source, shared.SrcPath, place).ConfigureAwait(false);
            request.OCI.Mounts.Add(new OciMount { Type = "bind", Source = place, Destination = shared.DstPath, Options = { "rbind" } });
        }
    }

    private static async Task BringAsync(Container source, string path, string place)
    {
        (FileDescriptor tree, bool isDirectory) = await DedicatedThread.InMountsAsync("shared-mount", source.Init.PidFd, () => Copy(path)).ConfigureAwait(false);
        using (tree)
        {
            Directory.CreateDirectory(isDirectory ? place : Path.GetDirectoryName(place)!);
            if (!isDirectory)
            {
                File.WriteAllBytes(place, []);
            }

            DetachedMounts.Attach(tree, place);
        }
    }

    /// <summary>Runs in the source's mount namespace: the path is resolved as its processes see it.</summary>
    private static (FileDescriptor Tree, bool IsDirectory) Copy(string path)
    {
        using FileDescriptor root = FileDescriptor.Open("/", OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        using FileDescriptor found = RootedFiles.Open(root, path, OpenFlags.O_PATH);
        return (DetachedMounts.Clone(found), Attributes.Status(found).Type == FileModes.S_IFDIR);
    }
}
