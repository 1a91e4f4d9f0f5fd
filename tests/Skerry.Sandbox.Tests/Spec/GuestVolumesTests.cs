using Skerry.Core;
using Skerry.Linux;
using Skerry.Oci;
using Skerry.Protocols.Agent;

namespace Skerry.Sandbox.Tests.Spec;

public sealed class GuestVolumesTests
{
    private static readonly OciMount Mount = new()
    {
        Type = "bind",
        Source = "/var/lib/kubelet/pods/u/volumes/kubernetes.io~empty-dir/cache/",
        Destination = "/cache",
        Options = ["rbind", "rprivate", "rw"],
    };

    [Fact]
    public void AMemoryEmptyDir_IsMadeInTheGuest_WithItsSizeAndOwner()
    {
        Storage storage = GuestVolumes.Of(Mount, new HostVolume("tmpfs", 0x5ff, 7, 2000, "rw,size=8192k,inode64"))!;
        Assert.Equal(("ephemeral", "tmpfs", "/run/kata-containers/sandbox/ephemeral/cache", true), (storage.Driver, storage.Fstype, storage.MountPoint, storage.Shared));
        Assert.Equal(["mode=2777", "uid=7", "gid=2000", "size=8192k"], storage.Options);
    }

    [Fact]
    public void HugePages_KeepTheirPageSize()
    {
        Storage storage = GuestVolumes.Of(Mount, new HostVolume("hugetlbfs", 0x1ff, 0, 0, "rw,relatime,pagesize=2M,size=4194304"))!;
        Assert.Equal("hugetlbfs", storage.Fstype);
        Assert.Equal(["mode=777", "uid=0", "gid=0", "pagesize=2M", "size=4194304"], storage.Options);
    }

    [Fact]
    public void AnotherFileSystem_StaysOnTheHost()
    {
        Assert.Null(GuestVolumes.Of(Mount, new HostVolume("ext4", 0x1ff, 0, 0, "rw")));
        Assert.Null(GuestVolumes.Of(Mount, null));
    }

    [Fact]
    public void TheContainersMount_BindsTheGuestsVolume()
    {
        var spec = new OciSpec { Mounts = [Mount] };
        ContainerId id = ContainerId.Parse("c1");
        PlannedMount planned = Assert.Single(MountPlan.For(id, spec, _ => FileKind.Directory, _ => new HostVolume("tmpfs", 0x1ff, 0, 0, "rw")));
        Assert.Equal(MountRoute.GuestVolume, planned.Route);
        Protocols.Agent.Oci.Mount guest = Assert.Single(GuestSpec.Rewrite(id, spec, [planned], [], keepSeccomp: true).Mounts);
        Assert.Equal(("bind", "/run/kata-containers/sandbox/ephemeral/cache", "/cache"), (guest.Type, guest.Source, guest.Destination));
        Assert.Equal(["rbind", "rprivate", "rw"], guest.Options);
    }

    [Theory]
    [InlineData("configmap")]
    [InlineData("secret")]
    [InlineData("projected")]
    [InlineData("downward-api")]
    public void AVolumeThatTheKubeletChanges_IsWatchedInTheGuest(string kind)
    {
        OciMount mount = Mount with { Source = $"/var/lib/kubelet/pods/u/volumes/kubernetes.io~{kind}/config", Destination = "/etc/config" };
        ContainerId id = ContainerId.Parse("c1");
        PlannedMount planned = Assert.Single(MountPlan.For(id, new OciSpec { Mounts = [mount] }, _ => FileKind.Directory, _ => null));
        Assert.Equal(MountRoute.Share, planned.Route);
        Assert.Equal(("watchable-bind", GuestPaths.Shared(planned.ShareName)), (planned.Storage!.Driver, planned.Storage.Source));
        Assert.Equal(planned.Storage.MountPoint, Assert.Single(GuestSpec.Rewrite(id, new OciSpec(), [planned], [], keepSeccomp: true).Mounts).Source);
        Assert.Null(Assert.Single(MountPlan.For(id, new OciSpec { Mounts = [mount] }, _ => FileKind.Regular, _ => null)).Storage);
    }

    [Theory]
    [InlineData("c", 1, 3, "/dev/null", true)]
    [InlineData("c", 10, 200, "/dev/net/tun", true)]
    [InlineData("c", 10, 229, "/dev/fuse", true)]
    [InlineData("c", 10, 232, "/dev/kvm", false)]
    [InlineData("c", 5, 2, "/dev/ptmx", false)]
    [InlineData("c", 1, 1, "/dev/mem", false)]
    [InlineData("b", 8, 0, "/dev/sda", false)]
    [InlineData("c", 195, 0, "/dev/nvidia0", false)]
    [InlineData("p", 0, 0, "/dev/initctl", true)]
    public void ADevice_IsInTheGuest_WhenItsNumberMeansTheSameThere(string type, long major, long minor, string path, bool expected) =>
        Assert.Equal(expected, GuestDevices.Exists(new OciDevice { Type = type, Major = major, Minor = minor, Path = path }));

    [Fact]
    public void AHostsDisk_IsNotInTheGuestsSpec()
    {
        var spec = new OciSpec { Linux = new OciLinux { Devices = [new OciDevice { Type = "b", Major = 8, Path = "/dev/sda" }, new OciDevice { Type = "c", Major = 1, Minor = 3, Path = "/dev/null" }] } };
        Assert.Equal("/dev/null", Assert.Single(GuestSpec.Rewrite(ContainerId.Parse("c1"), spec, [], [], keepSeccomp: true).Linux.Devices).Path);
    }

    [Fact]
    public void OnlyHooksOfTheContainer_TravelToTheGuest()
    {
        var spec = new OciSpec { Hooks = new OciHooks { Prestart = [new OciHook { Path = "/host" }], StartContainer = [new OciHook { Path = "/guest", Args = ["guest", "x"], Env = ["A=1"], Timeout = 3 }] } };
        Protocols.Agent.Oci.Hooks hooks = GuestSpec.Rewrite(ContainerId.Parse("c1"), spec, [], [], keepSeccomp: true).Hooks;
        Assert.Empty(hooks.Prestart);
        Protocols.Agent.Oci.Hook hook = Assert.Single(hooks.StartContainer);
        Assert.Equal(("/guest", "guest x", "A=1", 3), (hook.Path, string.Join(' ', hook.Args), Assert.Single(hook.Env), hook.Timeout));
    }
}
