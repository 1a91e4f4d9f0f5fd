using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>Guests that boot from root disk images. They need a kernel with its disk drivers built in: SKERRY_TEST_DISK_KERNEL, else the one of <c>skerry kernel install</c>.</summary>
public sealed class ImageBootTests(SkerryFixture fixture) : IClassFixture<SkerryFixture>
{
    [Theory]
    [InlineData("microvm", "ext4", "", true)]
    [InlineData("microvm", "erofs", "virtio-blk-mmio", false)]
    [InlineData("microvm", "xfs", "", true)]
    [InlineData("q35", "ext4", "nvdimm", false)]
    [InlineData("q35", "xfs", "virtio-pmem", false)]
    [InlineData("q35", "erofs", "", true)]
    public async Task AContainer_RunsInAGuestFromAnImage(string machineType, string format, string driver, bool verity)
    {
        RootImage image = await RootImage.BuildAsync(await fixture.HostAsync(), format, verity);
        ToolResult result = await image.RunAsync(machineType, $"vm_rootfs_driver = \"{driver}\"", "echo", "from-an-image");
        Assert.Equal("from-an-image\n", result.Ok().Output);
    }

    [Fact]
    public async Task AChangedByte_KeepsAVerifiedGuestFromBooting_AndTheErrorSaysSo()
    {
        RootImage image = await RootImage.BuildAsync(await fixture.HostAsync(), "ext4", verity: true);
        await image.ChangeAByteOfTheAgentAsync();
        ToolResult result = await image.RunAsync("microvm", "", "true");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("is corrupted", result.Error, StringComparison.Ordinal);
        Assert.Contains("not the one its root hash stands for", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongRootHash_KeepsTheGuestFromBooting()
    {
        RootImage image = await RootImage.BuildAsync(await fixture.HostAsync(), "erofs", verity: true);
        image.VerityParameters = image.VerityParameters.Replace("root_hash=", "root_hash=00", StringComparison.Ordinal);
        image.VerityParameters = image.VerityParameters.Remove(image.VerityParameters.IndexOf(",salt", StringComparison.Ordinal) - 2, 2);
        ToolResult result = await image.RunAsync("q35", "", "true");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("not the one its root hash stands for", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileSystemOtherThanConfigured_NamesTheRootDisk()
    {
        RootImage image = await RootImage.BuildAsync(await fixture.HostAsync(), "erofs", verity: false);
        image.Format = "xfs";
        ToolResult result = await image.RunAsync("microvm", "", "true");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("cannot read its root disk", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADebianRoot_BootsWithTheAgentAsInit()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mmdebstrap"), "needs mmdebstrap");
        await RunsFromDebianAsync("trixie", "agent", "microvm", "erofs", verity: false);
    }

    [Theory]
    [InlineData("bookworm", "agent", "q35", "ext4", false)]
    [InlineData("bookworm", "systemd", "microvm", "ext4", true)]
    [InlineData("bookworm", "systemd", "q35", "xfs", false)]
    [InlineData("trixie", "agent", "q35", "xfs", true)]
    [InlineData("trixie", "systemd", "microvm", "erofs", true)]
    [InlineData("trixie", "systemd", "q35", "ext4", false)]
    public async Task ADebianRoot_BootsWithEitherInit(string suite, string init, string machineType, string format, bool verity)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("SKERRY_TEST_DEBIAN_ROOTFS") == "1", "takes minutes and a Debian mirror; set SKERRY_TEST_DEBIAN_ROOTFS=1");
        await RunsFromDebianAsync(suite, init, machineType, format, verity);
    }

    private async Task RunsFromDebianAsync(string suite, string init, string machineType, string format, bool verity)
    {
        string[] service = init == "systemd" ? ["--systemd"] : [];
        RootImage image = await RootImage.BuildAsync(await fixture.HostAsync(), format, verity, ["debian", "--suite", suite, .. service]);
        ToolResult result = await image.RunAsync(machineType, "", "cat", "/proc/1/comm");
        Assert.Equal("cat\n", result.Ok().Output);
    }
}
