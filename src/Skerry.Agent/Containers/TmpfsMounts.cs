using System.Globalization;
using Skerry.Agent.Boot;
using Skerry.Agent.Storages;
using Skerry.Linux;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Containers;

/// <summary>
/// Memory file systems of a spec that take something over from the directory they cover: its permissions, as runc does it, and with
/// the option tmpcopyup its contents. Those are filled by us and then bound, since no managed code runs where a child mounts.
/// </summary>
internal static class TmpfsMounts
{
    private const string CopyUp = "tmpcopyup";

    /// <summary>Rewrites the mounts of <paramref name="spec"/>; what is mounted for them goes with the bundle.</summary>
    /// <exception cref="Core.SkerryException">A file system could not be mounted or filled.</exception>
    public static void Prepare(Spec spec, GuestPaths paths, string containerId)
    {
        for (int i = 0; i < spec.Mounts.Count; i++)
        {
            Mount mount = spec.Mounts[i];
            bool takesPermissions = mount.Type == "tmpfs" && !mount.Options.Any(o => o.StartsWith("mode=", StringComparison.Ordinal));
            bool takesContents = mount.Options.Contains(CopyUp);
            if (mount.Type != "tmpfs" || !(takesPermissions || takesContents))
            {
                continue;
            }

            mount.Options.Remove(CopyUp);
            using FileDescriptor? covered = Covered(spec.Root.Path, mount.Destination);
            if (takesPermissions && covered is not null)
            {
                mount.Options.Insert(0, "mode=" + Convert.ToString(Attributes.Status(covered).Permissions, 8));
            }

            if (takesContents && covered is not null)
            {
                Fill(mount, covered, string.Create(CultureInfo.InvariantCulture, $"{paths.Bundle(containerId)}/tmpfs-{i}"));
            }
        }
    }

    private static FileDescriptor? Covered(string root, string destination)
    {
        using FileDescriptor? directory = FileDescriptor.TryOpen(root, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, out _);
        return directory is null ? null : RootedFiles.TryOpen(directory, destination, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, out _);
    }

    private static void Fill(Mount mount, FileDescriptor covered, string place)
    {
        (_, _, string data) = Mounts.ParseOptions(mount.Options);
        Directory.CreateDirectory(place);
        Mounts.Mount("tmpfs", place, "tmpfs", MountFlags.None, data);
        FileStatus before = StatusOf(place);
        new TreeMirror(covered.ProcPath, place).Update();
        using (FileDescriptor root = FileDescriptor.Open(place, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY))
        {
            Attributes.ChangeMode(root, before.Permissions);
        }

        string[] kept = [.. mount.Options.Where(o => Mounts.ParseOptions([o]).Data.Length == 0)];
        mount.Type = "bind";
        mount.Source = place;
        mount.Options.Clear();
        mount.Options.Add("bind");
        mount.Options.Add(kept);
    }

    private static FileStatus StatusOf(string path)
    {
        using FileDescriptor file = FileDescriptor.Open(path, OpenFlags.O_PATH);
        return Attributes.Status(file);
    }
}
