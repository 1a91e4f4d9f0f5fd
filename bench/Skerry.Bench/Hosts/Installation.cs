namespace Skerry.Bench.Hosts;

/// <summary>The programs and guest assets that are measured: <c>out/</c> of this checkout, made by <c>make image</c>.</summary>
public static class Installation
{
    private static readonly string[] s_daemons = ["/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd"];

    public static string Root { get; } = FindRoot();

    public static string Bin => Path.Combine(Root, "out", "bin");

    public static string Command => Path.Combine(Bin, "skerry");

    public static string Shim => Path.Combine(Bin, "containerd-shim-skerry-v2");

    public static string Results => Path.Combine(Root, "bench", "results");

    public static string Qemu => "/usr/bin/qemu-system-x86_64";

    public static string Kernel => FirstOf([Asset("vmlinux"), Asset("vmlinuz")]);

    /// <summary>Where <c>make kernel</c> puts the minimal kernel.</summary>
    public static string MinimalKernels => Asset("kernel");

    /// <summary>Where <c>make image</c> keeps Debian's kernel unpacked.</summary>
    public static string KernelCache => Path.Combine(Root, "out", "cache", "kernel");

    public static string Initrd => FirstOf([Asset("initrd.img")]);

    /// <summary>The daemon that our shim takes by default.</summary>
    public static string VirtioFsDaemon => FirstOf([Path.Combine(Root, "out", "libexec", "skerry-fsd"), .. s_daemons]);

    private static string Asset(string name) => Path.Combine(Root, "out", "share", "skerry", name);

    private static string FirstOf(string[] paths) =>
        paths.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException($"none of {string.Join(", ", paths)} is there; run: make image");

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Skerry.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"no Skerry.slnx above {AppContext.BaseDirectory}");
    }
}
