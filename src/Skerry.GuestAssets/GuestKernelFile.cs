namespace Skerry.GuestAssets;

/// <summary>The names under which a guest kernel is installed, tried in this order.</summary>
public static class GuestKernelFile
{
    /// <summary>An uncompressed kernel.</summary>
    public const string Vmlinux = "vmlinux";

    /// <summary>A compressed kernel.</summary>
    public const string Vmlinuz = "vmlinuz";

    /// <summary>The initramfs beside it.</summary>
    public const string Initrd = "initrd.img";

    /// <summary>The configuration that a kernel beside it was built with.</summary>
    public const string Config = "config";

    /// <summary>The directory beside a kernel with its modules, each release's in one named after it, for a kernel that loads some.</summary>
    public const string ModulesDirectory = "modules";

    /// <summary>The directory beside them that holds a kernel of the user's own, made by <c>skerry kernel install</c>.</summary>
    public const string OwnDirectory = "kernel";

    /// <summary>The modules of a kernel: in <see cref="ModulesDirectory"/> beside it, else in /lib/modules; null when neither has any.</summary>
    public static string? ModulesOf(string kernelPath, string version)
    {
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(kernelPath))!, ModulesDirectory, version);
        return version.Length == 0 ? null : new[] { beside, Path.Combine("/lib/modules", version) }.FirstOrDefault(Directory.Exists);
    }

    /// <summary>The kernel in <paramref name="directory"/>; null when there is none.</summary>
    public static string? FindIn(string directory) =>
        new[] { Vmlinux, Vmlinuz }.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
