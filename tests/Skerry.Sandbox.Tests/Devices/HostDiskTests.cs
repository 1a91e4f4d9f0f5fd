using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Sandbox.Tests.Devices;

public sealed class HostDiskTests : IDisposable
{
    private static readonly RequestedDisk s_disk = new("/dev/xvda", new DeviceNumber(7, 250), Writable: true);
    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-disk-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void ADeviceThatIsNotThere_IsNamedByBothSides()
    {
        SkerryException error = Assert.Throws<SkerryException>(() => HostDisk.Open(s_disk, _directory, _directory));
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Contains("block device 7:250 of the host, which the container is to have as \"/dev/xvda\", is not there", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    [Fact]
    public void ADeviceThatVanished_IsNotThere()
    {
        Known("loop250");
        SkerryException error = Assert.Throws<SkerryException>(() => HostDisk.Open(s_disk, _directory, _directory));
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Contains("no such file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileInItsPlace_IsRefused()
    {
        Known("loop250");
        File.WriteAllText(Path.Combine(_directory, "loop250"), "not a disk");
        SkerryException error = Assert.Throws<SkerryException>(() => HostDisk.Open(s_disk, _directory, _directory));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("is not that device", error.Message, StringComparison.Ordinal);
        Assert.Contains("losetup", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void ADeviceWithoutAMedium_IsRefused()
    {
        DeviceNumber? empty = EmptyLoop();
        Assert.SkipWhen(empty is null, "needs root and an unbound loop device");
        SkerryException error = Assert.Throws<SkerryException>(() => HostDisk.Open(s_disk with { Number = empty!.Value }));
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Contains("has no medium, or is bound to nothing", error.Message, StringComparison.Ordinal);
    }

    private void Known(string name)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_directory, "dev/block/7:250")).FullName;
        File.WriteAllText(Path.Combine(directory, "uevent"), $"MAJOR=7\nMINOR=250\nDEVNAME={name}\n");
    }

    private static DeviceNumber? EmptyLoop()
    {
        string? name = Environment.IsPrivilegedProcess && Directory.Exists("/sys/block")
            ? Directory.EnumerateDirectories("/sys/block", "loop*").OrderDescending(StringComparer.Ordinal).FirstOrDefault(path => File.ReadAllText($"{path}/size").Trim() == "0")
            : null;
        return name is not null && Attributes.TryStatus($"/dev/{Path.GetFileName(name)}", followLinks: true, out FileStatus status, out _)
            ? new DeviceNumber(status.DeviceNode.Major, status.DeviceNode.Minor)
            : null;
    }
}
