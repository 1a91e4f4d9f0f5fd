using Skerry.GuestAssets.Disks;

namespace Skerry.Cli.Checks;

/// <summary>The guest's initramfs, or its root disk image, is there and looks like one.</summary>
internal sealed class GuestRootCheck() : HostCheck("guest root")
{
    private static readonly (string Name, byte[] Magic)[] InitramfsFormats =
    [
        ("cpio", "070701"u8.ToArray()),
        ("gzip", [0x1F, 0x8B]),
        ("zstd", [0x28, 0xB5, 0x2F, 0xFD]),
        ("xz", [0xFD, 0x37, 0x7A, 0x58]),
        ("lz4", [0x02, 0x21, 0x4C, 0x18]),
    ];

    internal override Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken) => Task.FromResult(Check(subject));

    private CheckResult Check(CheckSubject subject)
    {
        string key = subject.Hypervisor.Initrd is null ? "image" : "initrd";
        string path = subject.Hypervisor.Initrd ?? subject.Hypervisor.Image ?? string.Empty;
        string remedy = $"make one with: skerry image build; or {subject.SetBy(key)}";
        if (!File.Exists(path))
        {
            return Failed($"there is no file {path}", remedy);
        }

        string size = $"{new FileInfo(path).Length / (1024.0 * 1024):0.0} MiB";
        if (key == "image")
        {
            return CheckImage(subject, path, size);
        }

        return FormatOf(path) is { } format
            ? Passed($"initramfs {path}, {format}, {size}")
            : Failed($"{path} is no initramfs", remedy);
    }

    /// <summary>What lies beside an image of ours tells how it has to be configured.</summary>
    private CheckResult CheckImage(CheckSubject subject, string path, string size)
    {
        if (DiskImageFacts.Read(path) is not { } facts)
        {
            return Passed($"image {path}, {size}");
        }

        if (facts.RootfsType != subject.Hypervisor.RootfsType)
        {
            return Failed($"{path} is {facts.RootfsType}, and rootfs_type is {subject.Hypervisor.RootfsType}", $"set rootfs_type = \"{facts.RootfsType}\"");
        }

        string configured = subject.Hypervisor.KernelVerityParams?.ToString() ?? string.Empty;
        return configured.Length > 0 && configured != facts.KernelVerityParams
            ? Failed($"{path} has other verity parameters than the configuration", facts.KernelVerityParams.Length > 0 ? $"set kernel_verity_params = \"{facts.KernelVerityParams}\"" : "build it with --verity, or set kernel_verity_params to \"\"")
            : Passed($"image {path}, {facts.RootfsType}, {size}{(configured.Length > 0 ? ", verified" : string.Empty)}");
    }

    private static string? FormatOf(string path)
    {
        Span<byte> start = stackalloc byte[6];
        using FileStream file = File.OpenRead(path);
        int length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        foreach ((string name, byte[] magic) in InitramfsFormats)
        {
            if (start[..length].StartsWith(magic))
            {
                return name;
            }
        }

        return null;
    }
}
