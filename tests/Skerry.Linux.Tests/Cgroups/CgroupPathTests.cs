using Skerry.Core;
using Skerry.Linux.Cgroups;

namespace Skerry.Linux.Tests.Cgroups;

public sealed class CgroupPathTests
{
    [Theory]
    [InlineData("/kubepods/burstable/pod1/c1", "kubepods/burstable/pod1/c1")]
    [InlineData("k8s.io//x/", "k8s.io/x")]
    [InlineData("/default/a:b", "default/a:b")]
    [InlineData("kubepods-besteffort-pod1.slice:cri-containerd:abc", "kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/cri-containerd-abc.scope")]
    [InlineData("system.slice:docker:abc", "system.slice/docker-abc.scope")]
    [InlineData(":docker:abc", "system.slice/docker-abc.scope")]
    [InlineData("-.slice:crio:abc", "crio-abc.scope")]
    [InlineData("user.slice::abc", "user.slice/-abc.scope")]
    [InlineData("machine.slice:libpod:abc", "machine.slice/libpod-abc.scope")]
    [InlineData("kubepods:cri:abc", "kubepods:cri:abc")]
    [InlineData("user.slice:x:my.slice", "user.slice/my.slice")]
    public void OciPaths_AreOneBelowTheRoots(string text, string expected) => Assert.Equal(expected, CgroupPath.FromOci(text));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/a/../b")]
    [InlineData("..")]
    [InlineData("a--b.slice:docker:abc")]
    [InlineData("-a.slice:docker:abc")]
    [InlineData(".slice:docker:abc")]
    public void PathsThatLeaveTheHierarchy_AreRefused(string text) =>
        Assert.Equal(FailureKind.InvalidArgument, Assert.Throws<SkerryException>(() => CgroupPath.FromOci(text)).Kind);
}
