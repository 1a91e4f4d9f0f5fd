using Skerry.Core;

namespace Skerry.Linux.Cgroups;

/// <summary>Paths of cgroups as container managers write them.</summary>
public static class CgroupPath
{
    private const string SliceSuffix = ".slice";

    /// <summary>
    /// The path below a hierarchy's root, without a leading slash, of an OCI <c>cgroupsPath</c>: a path as in /kubepods/pod1/c1,
    /// or the form slice:prefix:name of managers that leave cgroups to systemd, where the dashes of a slice's name are its ancestors.
    /// The result is then where systemd has the unit, as runc names it.
    /// </summary>
    /// <exception cref="SkerryException">InvalidArgument: empty, with <c>..</c> in it, or not a slice's name.</exception>
    public static string FromOci(string cgroupsPath) => Normalize(IsSystemd(cgroupsPath, out string[] parts) ? FromSystemd(parts) : cgroupsPath);

    /// <summary>A path with colons in it stays a path: only a slice, or nothing for the default one, begins systemd's form.</summary>
    private static bool IsSystemd(string text, out string[] parts)
    {
        parts = text.Split(':');
        return parts.Length == 3 && !text.Contains('/', StringComparison.Ordinal)
            && (parts[0].Length == 0 || parts[0].EndsWith(SliceSuffix, StringComparison.Ordinal));
    }

    /// <summary>The path without leading, trailing and double slashes.</summary>
    /// <exception cref="SkerryException">InvalidArgument: empty, or with <c>..</c> in it.</exception>
    internal static string Normalize(string path)
    {
        string[] names = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".")];
        return names.Length > 0 && !names.Contains("..") && !path.Contains('\0', StringComparison.Ordinal)
            ? string.Join('/', names)
            : throw new SkerryException(FailureKind.InvalidArgument, $"cgroup path \"{path}\" is not valid", "use a path such as /pods/web, without \"..\"");
    }

    private static string FromSystemd(string[] parts)
    {
        string slice = parts[0].Length == 0 ? "system.slice" : parts[0];
        string unit = parts[2].EndsWith(SliceSuffix, StringComparison.Ordinal) ? parts[2] : $"{parts[1]}-{parts[2]}.scope";
        return $"{ExpandSlice(slice)}/{unit}";
    }

    /// <summary>a-b-c.slice stands below a-b.slice, which stands below a.slice; -.slice is the root. See systemd.slice(5).</summary>
    private static string ExpandSlice(string slice)
    {
        if (slice == "-.slice")
        {
            return string.Empty;
        }

        string[] words = slice[..^SliceSuffix.Length].Split('-');
        return words.All(word => word.Length > 0)
            ? string.Join('/', words.Select((_, i) => string.Join('-', words[..(i + 1)]) + SliceSuffix))
            : throw new SkerryException(
                FailureKind.InvalidArgument, $"\"{slice}\" is not the name of a slice", "use a name such as kubepods-pod1.slice: words with single dashes between them");
    }
}
