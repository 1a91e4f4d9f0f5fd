using Skerry.Core;

namespace Skerry.Linux.Cgroups;

/// <summary>Paths of cgroups as container managers write them.</summary>
public static class CgroupPath
{
    /// <summary>
    /// The path below a hierarchy's root, without a leading slash, of an OCI <c>cgroupsPath</c>: a path as in /kubepods/pod1/c1,
    /// or systemd's form slice:prefix:name, where the dashes of a slice's name are its ancestors.
    /// </summary>
    /// <exception cref="SkerryException">InvalidArgument: empty, or with <c>..</c> in it.</exception>
    public static string FromOci(string cgroupsPath)
    {
        string[] parts = cgroupsPath.Split(':');
        string path = parts.Length == 3 && !cgroupsPath.Contains('/', StringComparison.Ordinal) ? FromSystemd(parts) : cgroupsPath;
        return Normalize(path);
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
        string unit = parts[2].EndsWith(".slice", StringComparison.Ordinal) ? parts[2]
            : parts[1].Length == 0 ? parts[2] + ".scope"
            : $"{parts[1]}-{parts[2]}.scope";
        return $"{ExpandSlice(slice)}/{unit}";
    }

    /// <summary>a-b-c.slice stands below a-b.slice, which stands below a.slice; -.slice is the root.</summary>
    private static string ExpandSlice(string slice)
    {
        const string Suffix = ".slice";
        if (slice == "-.slice")
        {
            return string.Empty;
        }

        string name = slice.EndsWith(Suffix, StringComparison.Ordinal) ? slice[..^Suffix.Length] : slice;
        string[] words = name.Split('-');
        return string.Join('/', words.Select((_, i) => string.Join('-', words[..(i + 1)]) + Suffix));
    }
}
