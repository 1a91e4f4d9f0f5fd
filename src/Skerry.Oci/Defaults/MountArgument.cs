using Skerry.Core;

namespace Skerry.Oci;

/// <summary>Reads mounts as people write them: <c>SRC:DST[:OPTIONS]</c> for a volume, <c>DST[:OPTIONS]</c> for a tmpfs.</summary>
public static class MountArgument
{
    /// <summary>Reads <c>-v SRC:DST[:ro|rw|OPTION,…]</c>; a relative source is taken from the current directory.</summary>
    /// <exception cref="SkerryException">InvalidArgument when a part is missing or the destination is not absolute.</exception>
    public static OciMount ParseVolume(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length is < 2 or > 3 || parts[0].Length == 0 || !parts[1].StartsWith('/'))
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"cannot read the volume \"{text}\"", "write it as /host/path:/container/path[:ro]");
        }

        string[] extra = parts.Length == 3 ? parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries) : [];
        string[] propagation = extra.Any(option => option is "shared" or "rshared" or "slave" or "rslave" or "private" or "rprivate")
            ? []
            : ["rprivate"];
        return new OciMount
        {
            Destination = parts[1],
            Type = "bind",
            Source = Path.GetFullPath(parts[0]),
            Options = ["rbind", .. propagation, .. extra],
        };
    }

    /// <summary>Reads <c>--tmpfs DST[:OPTION,…]</c>; without options it is <c>rw,noexec,nosuid,nodev</c>, as in Docker.</summary>
    /// <exception cref="SkerryException">InvalidArgument when the destination is not absolute.</exception>
    public static OciMount ParseTmpfs(string text)
    {
        string[] parts = text.Split(':', 2);
        if (!parts[0].StartsWith('/'))
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"cannot read the tmpfs \"{text}\"", "write it as /container/path[:size=64m]");
        }

        string[] options = parts.Length == 2 ? parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries) : [];
        return new OciMount { Destination = parts[0], Type = "tmpfs", Source = "tmpfs", Options = ["noexec", "nosuid", "nodev", .. options] };
    }
}
