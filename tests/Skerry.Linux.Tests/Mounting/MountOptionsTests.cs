namespace Skerry.Linux.Tests;

public sealed class MountOptionsTests
{
    [Fact]
    public void OciOptions_BecomeFlagsPropagationAndData()
    {
        (MountFlags flags, MountFlags propagation, string data) = Mounts.ParseOptions(["rbind", "nosuid", "ro", "rslave", "mode=755", "size=64k"]);
        Assert.Equal(MountFlags.MS_BIND | MountFlags.MS_REC | MountFlags.MS_NOSUID | MountFlags.MS_RDONLY, flags);
        Assert.Equal(MountFlags.MS_SLAVE | MountFlags.MS_REC, propagation);
        Assert.Equal("mode=755,size=64k", data);
    }

    [Fact]
    public void LaterOption_WinsOverEarlier()
    {
        Assert.Equal(MountFlags.MS_NODEV, Mounts.ParseOptions(["ro", "nodev", "rw"]).Flags);
        Assert.Equal(MountFlags.MS_RELATIME, Mounts.ParseOptions(["noatime", "relatime"]).Flags);
        Assert.Equal(MountFlags.MS_PRIVATE, Mounts.ParseOptions(["shared", "private"]).Propagation);
    }

    [Fact]
    public void NoOptions_AreNothing() => Assert.Equal((MountFlags.None, MountFlags.None, ""), Mounts.ParseOptions([]));
}
