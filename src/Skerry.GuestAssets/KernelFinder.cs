using System.Text.RegularExpressions;

namespace Skerry.GuestAssets;

/// <summary>Finds the newest Debian cloud kernel that lies in a root directory, "/" or the place a package was unpacked to.</summary>
public static partial class KernelFinder
{
    /// <summary>The newest kernel below <paramref name="root"/> that has both image and modules; null when there is none.</summary>
    public static HostKernel? FindNewest(string root = "/")
    {
        string boot = Path.Combine(root, "boot");
        if (!Directory.Exists(boot))
        {
            return null;
        }

        return Directory.EnumerateFiles(boot, "vmlinuz-*-cloud-amd64")
            .Select(path => Describe(root, path))
            .Where(kernel => Directory.Exists(kernel.ModulesDirectory))
            .MaxBy(kernel => kernel.Version, Comparer<string>.Create(CompareVersions));
    }

    /// <summary>Compares releases as people do: runs of digits as numbers, the rest as text.</summary>
    internal static int CompareVersions(string? left, string? right)
    {
        string[] a = Parts().Matches(left ?? string.Empty).Select(match => match.Value).ToArray();
        string[] b = Parts().Matches(right ?? string.Empty).Select(match => match.Value).ToArray();
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            bool numbers = ulong.TryParse(a[i], out ulong x) & ulong.TryParse(b[i], out ulong y);
            int order = numbers ? x.CompareTo(y) : string.CompareOrdinal(a[i], b[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return a.Length.CompareTo(b.Length);
    }

    private static HostKernel Describe(string root, string imagePath)
    {
        string version = Path.GetFileName(imagePath)["vmlinuz-".Length..];
        string usrModules = Path.Combine(root, "usr/lib/modules", version);
        string modules = Directory.Exists(usrModules) ? usrModules : Path.Combine(root, "lib/modules", version);
        return new HostKernel(version, imagePath, modules);
    }

    [GeneratedRegex("[0-9]+|[^0-9]+")]
    private static partial Regex Parts();
}
