using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>Kata's names for our image commands.</summary>
public sealed class OsBuilderTests
{
    [Fact]
    public async Task RootfsImageAndInitrd_AreMadeByKatasScripts()
    {
        Checkout.RequireVm();
        string directory = Directory.CreateTempSubdirectory("sky-osbuilder-").FullName;
        try
        {
            string rootfs = Path.Combine(directory, "rootfs");
            var environment = new Dictionary<string, string> { ["ROOTFS_DIR"] = rootfs, ["AGENT_INIT"] = "yes", ["SECCOMP"] = "yes", ["USE_DOCKER"] = "true", ["MEASURED_ROOTFS"] = "yes" };
            (await Tool.RunAsync(Script("rootfs-builder/rootfs.sh"), ["tiny"], environment)).Ok();
            Assert.True(File.Exists(Path.Combine(rootfs, "usr/bin/kata-agent")));

            string image = Path.Combine(directory, "kata.img");
            ToolResult built = (await Tool.RunAsync(Script("image-builder/image_builder.sh"), ["-o", image, "-r", "10", "-f", "erofs", rootfs], environment)).Ok();
            Assert.Contains("root_hash=", built.Output, StringComparison.Ordinal);
            Assert.True(File.Exists(image));

            string initrd = Path.Combine(directory, "kata-initrd.img");
            (await Tool.RunAsync(Script("initrd-builder/initrd_builder.sh"), ["-o", initrd, rootfs], environment)).Ok();
            Assert.Equal("070701"u8.ToArray(), (await File.ReadAllBytesAsync(initrd, TestContext.Current.CancellationToken))[..6]);

            Assert.Contains("debian", (await Tool.RunAsync(Script("rootfs-builder/rootfs.sh"), ["-l"], environment)).Ok().Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task ARootThatAnotherUserCannotRead_IsNamed()
    {
        Checkout.RequireVm();
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "needs setpriv");
        string directory = Directory.CreateTempSubdirectory("sky-osbuilder-").FullName;
        try
        {
            string secret = Directory.CreateDirectory(Path.Combine(directory, "rootfs", "secret")).FullName;
            File.SetUnixFileMode(directory, (UnixFileMode)0x1ed);
            File.SetUnixFileMode(secret, UnixFileMode.None);
            string skerry = Path.Combine(directory, "skerry");
            File.Copy(Checkout.Skerry, skerry);
            ToolResult result = await Tool.RunAsync(
                "setpriv",
                ["--reuid=65534", "--regid=65534", "--clear-groups", skerry, "image", "build", "--format", "ext4", "--rootfs", Path.Combine(directory, "rootfs"), "--output", Path.Combine(directory, "x.img")],
                new Dictionary<string, string> { ["NO_COLOR"] = "1" });
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains($"cannot read \"{secret}\"", result.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Script(string name) => Path.Combine(Checkout.Root, "packaging/osbuilder", name);
}
