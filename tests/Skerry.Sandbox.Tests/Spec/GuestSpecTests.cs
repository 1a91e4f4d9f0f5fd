using Skerry.Core;
using Skerry.Linux;
using Skerry.Oci;
using Wire = Skerry.Protocols.Agent.Oci;

namespace Skerry.Sandbox.Tests.Spec;

public sealed class GuestSpecTests
{
    private static readonly ContainerId Id = ContainerId.Parse("c1");

    [Fact]
    public void TheRootFileSystem_IsNamedByItsGuestPath()
    {
        Wire.Spec guest = Rewrite(new OciSpec { Root = new OciRoot { Path = "/var/lib/rootfs", Readonly = true } });
        Assert.Equal("/run/kata-containers/shared/containers/c1/rootfs", guest.Root.Path);
        Assert.True(guest.Root.Readonly);
    }

    [Fact]
    public void ASharedMount_GetsItsGuestPathAsSource_AndKeepsItsOptions()
    {
        Wire.Spec guest = Rewrite(new OciSpec
        {
            Mounts = [new OciMount { Type = "bind", Source = "/srv", Destination = "/data", Options = ["rbind", "ro", "rprivate"] }],
        });
        Wire.Mount mount = Assert.Single(guest.Mounts);
        Assert.StartsWith("/run/kata-containers/shared/containers/c1-", mount.Source, StringComparison.Ordinal);
        Assert.Equal(["rbind", "ro", "rprivate"], mount.Options);
    }

    [Fact]
    public void Namespaces_LoseTheirHostPaths_AndNetworkAndUserAreLeftOut()
    {
        Wire.Spec guest = Rewrite(new OciSpec
        {
            Linux = new OciLinux
            {
                Namespaces =
                [
                    new OciNamespace { Type = "pid" },
                    new OciNamespace { Type = "network", Path = "/run/netns/x" },
                    new OciNamespace { Type = "ipc", Path = "/proc/1/ns/ipc" },
                    new OciNamespace { Type = "uts" },
                    new OciNamespace { Type = "mount" },
                    new OciNamespace { Type = "user" },
                ],
            },
        });
        Assert.Equal(["pid", "ipc", "uts", "mount"], guest.Linux.Namespaces.Select(space => space.Type));
        Assert.All(guest.Linux.Namespaces, space => Assert.Empty(space.Path));
    }

    [Fact]
    public void AJoinedPidNamespace_MeansThatThePodSharesOne()
    {
        var spec = new OciSpec { Linux = new OciLinux { Namespaces = [new OciNamespace { Type = "pid", Path = "/proc/7/ns/pid" }] } };
        Assert.True(GuestSpec.SharesPidNamespace(spec));
        Assert.Empty(Rewrite(spec).Linux.Namespaces);
    }

    [Fact]
    public void LimitsOfTheGuest_AreKept_AndThoseOfTheHostAreNot()
    {
        Wire.LinuxResources guest = GuestSpec.RewriteResources(new OciResources
        {
            Memory = new OciMemory { Limit = 1 << 20 },
            Cpu = new OciCpu { Quota = 50_000, Period = 100_000, Cpus = "0-3" },
            Pids = new OciPids { Limit = 10 },
            Devices =
            [
                new OciDeviceRule { Allow = false, Access = "rwm" },
                new OciDeviceRule { Allow = true, Type = "c", Major = 10, Minor = 229, Access = "rw" },
                new OciDeviceRule { Allow = true, Type = "b", Major = 254, Minor = 0, Access = "rw" },
            ],
            BlockIO = new OciBlockIo { Weight = 10 },
        }, []);
        Assert.Equal(1 << 20, guest.Memory.Limit);
        Assert.Equal((50_000, 100_000ul), (guest.CPU.Quota, guest.CPU.Period));
        Assert.Empty(guest.CPU.Cpus);
        Assert.Equal(10, guest.Pids.Limit);
        Assert.Equal([(false, "a", -1, "rwm"), (true, "c", 10, "rw")], guest.Devices.Select(rule => (rule.Allow, rule.Type, rule.Major, rule.Access)));
        Assert.Null(guest.BlockIO);
    }

    [Fact]
    public void AUserNamespace_IsRefusedByName()
    {
        var spec = new OciSpec { Linux = new OciLinux { UidMappings = [new OciIdMapping { HostID = 100_000, Size = 65_536 }] } };
        SkerryException error = Assert.Throws<SkerryException>(() => GuestSpec.RequireOffered(Id, spec));
        Assert.Equal(FailureKind.Unimplemented, error.Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Seccomp_FollowsTheConfiguration(bool keep)
    {
        var spec = new OciSpec
        {
            Linux = new OciLinux
            {
                Seccomp = new OciSeccomp
                {
                    DefaultAction = "SCMP_ACT_ERRNO",
                    Architectures = ["SCMP_ARCH_X86_64"],
                    Syscalls = [new OciSyscall { Names = ["read"], Action = "SCMP_ACT_ALLOW", ErrnoRet = 1, Args = [new OciSyscallArg { Index = 1, Value = 2, Op = "SCMP_CMP_EQ" }] }],
                },
            },
        };
        Wire.LinuxSeccomp? seccomp = Rewrite(spec, keep).Linux.Seccomp;
        Assert.Equal(keep, seccomp is not null);
        if (seccomp is not null)
        {
            Wire.LinuxSyscall call = Assert.Single(seccomp.Syscalls);
            Assert.Equal((1u, 2ul), (call.Errnoret, Assert.Single(call.Args).Value));
        }
    }

    [Fact]
    public void TheProcess_TravelsWhole()
    {
        Wire.Process process = GuestSpec.RewriteProcess(new OciProcess
        {
            Args = ["sh", "-c", "true"],
            Env = ["A=1"],
            Cwd = "/w",
            User = new OciUser { Uid = 5, Gid = 6, AdditionalGids = [7], Username = "me" },
            Rlimits = [new OciRlimit { Type = "RLIMIT_NOFILE", Hard = 10, Soft = 9 }],
            NoNewPrivileges = true,
            OomScoreAdj = -5,
            Capabilities = new OciCapabilities { Bounding = ["CAP_CHOWN"] },
        });
        Assert.Equal(["sh", "-c", "true"], process.Args);
        Assert.Equal((5u, 6u, "me", 7u), (process.User.UID, process.User.GID, process.User.Username, Assert.Single(process.User.AdditionalGids)));
        Assert.Equal((10ul, 9ul), (Assert.Single(process.Rlimits).Hard, process.Rlimits[0].Soft));
        Assert.True(process.NoNewPrivileges);
        Assert.Equal(-5, process.OOMScoreAdj);
        Assert.Equal("CAP_CHOWN", Assert.Single(process.Capabilities.Bounding));
    }

    private static Wire.Spec Rewrite(OciSpec spec, bool keepSeccomp = true) =>
        GuestSpec.Rewrite(Id, spec, MountPlan.For(Id, spec, _ => FileKind.Directory, _ => null), RequestedDisks.Of(spec), keepSeccomp);
}
