using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace Skerry.GuestAssets.Tests;

public sealed class InitramfsBuilderTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly KernelModule[] _modules =
    [
        new("virtio", "/x/virtio.ko", "first"u8.ToArray(), [], []),
        new("virtio_console", "/x/virtio_console.ko", "second"u8.ToArray(), ["virtio"], ["virtio:d00000003v*"]),
    ];

    private readonly KernelModule[] _later =
    [
        new("stp", "/x/stp.ko", "third"u8.ToArray(), [], []),
        new("bridge", "/x/bridge.ko", "fourth"u8.ToArray(), ["stp"], []) { RequestNames = ["rtnl-link-bridge"] },
    ];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void SameInputs_GiveTheSameBytes()
    {
        byte[] first = InitramfsBuilder.Build("agent"u8.ToArray(), _modules, _later, InitramfsCompression.Gzip);
        byte[] second = InitramfsBuilder.Build("agent"u8.ToArray(), _modules, _later, InitramfsCompression.Gzip);
        Assert.Equal(first, second);
    }

    [Fact]
    public void Gzip_HoldsTheSameArchive()
    {
        byte[] plain = InitramfsBuilder.Build("agent"u8.ToArray(), _modules, _later, InitramfsCompression.None);
        byte[] packed = InitramfsBuilder.Build("agent"u8.ToArray(), _modules, _later, InitramfsCompression.Gzip);
        using var unpacked = new MemoryStream();
        new GZipStream(new MemoryStream(packed), CompressionMode.Decompress).CopyTo(unpacked);
        Assert.Equal(plain, unpacked.ToArray());
    }

    [Fact]
    public void Archive_IsReadByCpio()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/cpio"), "cpio is not installed");
        string archive = _scratch.File("initrd", InitramfsBuilder.Build("agent!"u8.ToArray(), _modules, _later, InitramfsCompression.None));
        string listing = Run("-itv", archive);
        Assert.Contains("-rwxr-xr-x   1 root     root            6 ", listing, StringComparison.Ordinal);
        Assert.Contains("crw-------", listing, StringComparison.Ordinal);
        Assert.Contains("dev/console", listing, StringComparison.Ordinal);
        Run("-id --no-preserve-owner init etc/modules etc/modules.index lib/modules/*", archive);
        Assert.Equal("agent!", File.ReadAllText(Path.Combine(_scratch.Path, "init")));
        Assert.Equal(
            "/lib/modules/virtio.ko #if pci:* virtio:d00000003v*\n/lib/modules/virtio_console.ko #if pci:* virtio:d00000003v*\n",
            File.ReadAllText(Path.Combine(_scratch.Path, "etc/modules")));
        Assert.Equal("virtio -\nvirtio_console virtio\nstp -\nbridge stp rtnl-link-bridge\n", File.ReadAllText(Path.Combine(_scratch.Path, "etc/modules.index")));
        Assert.Equal("/init", new FileInfo(Path.Combine(_scratch.Path, "lib/modules/modprobe")).LinkTarget);
        Assert.Equal("fourth", File.ReadAllText(Path.Combine(_scratch.Path, "lib/modules/bridge.ko")));
        Assert.Equal("second", File.ReadAllText(Path.Combine(_scratch.Path, "lib/modules/virtio_console.ko")));
    }

    [Fact]
    public void NoModules_NoModuleList()
    {
        byte[] archive = InitramfsBuilder.Build("agent"u8.ToArray(), [], [], InitramfsCompression.None);
        Assert.DoesNotContain("modprobe", Encoding.Latin1.GetString(archive), StringComparison.Ordinal);
        Assert.DoesNotContain("etc/modules", Encoding.Latin1.GetString(archive), StringComparison.Ordinal);
    }

    private string Run(string arguments, string archive)
    {
        using Process cpio = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"set -f; cpio --quiet {arguments} < {archive}"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _scratch.Path,
        })!;
        string output = cpio.StandardOutput.ReadToEnd();
        cpio.WaitForExit();
        Assert.Equal(0, cpio.ExitCode);
        return output;
    }
}
