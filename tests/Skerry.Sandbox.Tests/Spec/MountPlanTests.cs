using Skerry.Core;
using Skerry.Linux;
using Skerry.Oci;

namespace Skerry.Sandbox.Tests.Spec;

public sealed class MountPlanTests
{
    private static readonly ContainerId Id = ContainerId.Parse("c1");

    [Theory]
    [InlineData("proc", "/proc")]
    [InlineData("sysfs", "/sys")]
    [InlineData("tmpfs", "/dev/shm")]
    [InlineData("mqueue", "/dev/mqueue")]
    [InlineData("cgroup", "/sys/fs/cgroup")]
    public void AKernelFileSystem_IsMadeInTheGuest(string type, string destination)
    {
        PlannedMount planned = Plan(new OciMount { Type = type, Source = type, Destination = destination }, FileKind.Missing);
        Assert.Equal(MountRoute.Guest, planned.Route);
    }

    [Theory]
    [InlineData(FileKind.Directory)]
    [InlineData(FileKind.Regular)]
    public void ABindOfAHostPath_IsShared_UnderANameOfItsContainer(FileKind kind)
    {
        PlannedMount planned = Plan(Bind("/srv/data", "/data/files", "rbind", "ro"), kind);
        Assert.Equal(MountRoute.Share, planned.Route);
        Assert.Matches("^c1-[0-9a-f]{16}-files$", planned.ShareName);
        Assert.True(planned is { Access: ShareAccess.ReadOnly, Recursive: true });
    }

    [Fact]
    public void TwoMountsWithOneBaseName_GetDifferentNames()
    {
        var spec = new OciSpec { Mounts = [Bind("/a", "/x/etc", "bind"), Bind("/b", "/y/etc", "bind")] };
        IReadOnlyList<PlannedMount> plan = MountPlan.For(Id, spec, _ => FileKind.Directory, _ => null);
        Assert.NotEqual(plan[0].ShareName, plan[1].ShareName);
    }

    [Fact]
    public void AMissingSource_IsRefused_InTheWordsOfRunc()
    {
        SkerryException error = Assert.Throws<SkerryException>(() => Plan(Bind("/nonexist", "/x", "rbind"), FileKind.Missing));
        Assert.Equal("error mounting \"/nonexist\" to rootfs at \"/x\": stat /nonexist: no such file or directory", error.Message);
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
    }

    [Fact]
    public void ASocket_IsRefused_ByName()
    {
        SkerryException error = Assert.Throws<SkerryException>(() => Plan(Bind("/run/docker.sock", "/run/docker.sock", "bind"), FileKind.Socket));
        Assert.Contains("/run/docker.sock is a socket", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    [Fact]
    public void ADevice_IsLeftOut_WithAWarningThatNamesIt()
    {
        PlannedMount planned = Plan(Bind("/dev/fuse", "/dev/fuse", "bind"), FileKind.CharacterDevice);
        Assert.Equal(MountRoute.Omit, planned.Route);
        Assert.Contains("/dev/fuse", planned.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void ABindOntoDevShm_UsesTheSandboxsSharedMemory() =>
        Assert.Equal(MountRoute.SandboxShm, Plan(Bind("/run/pod/shm", "/dev/shm", "bind"), FileKind.Directory).Route);

    [Theory]
    [InlineData("/sys/fs/cgroup")]
    [InlineData("/proc")]
    public void ABindOfKernelFiles_StaysInTheGuest(string source) =>
        Assert.Equal(MountRoute.Guest, Plan(Bind(source, source, "rbind", "ro"), FileKind.Directory).Route);

    [Fact]
    public void AFileSystemOfTheHost_IsMountedByUs() => Assert.Equal(
        MountRoute.MountAndShare, Plan(new OciMount { Type = "overlay", Source = "overlay", Destination = "/o", Options = ["lowerdir=/a:/b"] }, FileKind.Missing).Route);

    [Theory]
    [InlineData(ShareAccess.Writable, "ro", "rw")]
    [InlineData(ShareAccess.ReadOnly, "rw", "ro")]
    [InlineData(ShareAccess.ReadOnlyTree, "rrw", "rro")]
    [InlineData(ShareAccess.ReadOnly, "ro", "rro", "rrw")]
    public void TheLastWordOfEachKind_Counts(ShareAccess access, params string[] options) =>
        Assert.Equal(access, Plan(Bind("/a", "/a", ["bind", .. options]), FileKind.Directory).Access);

    [Fact]
    public void AMountThatMapsIds_IsRefusedByName()
    {
        SkerryException error = Assert.Throws<SkerryException>(() => Plan(Bind("/a", "/mapped", "bind", "idmap"), FileKind.Directory));
        Assert.Equal(FailureKind.Unimplemented, error.Kind);
        Assert.Contains("/mapped", error.Message, StringComparison.Ordinal);
    }

    private static OciMount Bind(string source, string destination, params string[] options) =>
        new() { Type = "bind", Source = source, Destination = destination, Options = options };

    private static PlannedMount Plan(OciMount mount, FileKind kind) =>
        Assert.Single(MountPlan.For(Id, new OciSpec { Mounts = [mount] }, _ => kind, _ => null));
}
