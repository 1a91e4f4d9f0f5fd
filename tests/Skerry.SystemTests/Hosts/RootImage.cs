namespace Skerry.SystemTests.Hosts;

/// <summary>A root disk image with the agent alone, in a file of the test's own, and a configuration that boots it.</summary>
public sealed class RootImage
{
    private const int BlockBytes = 4096;
    private readonly SkerryHost _host;
    private readonly string _directory;

    private RootImage(SkerryHost host, string directory, string format)
    {
        _host = host;
        _directory = directory;
        Format = format;
    }

    public string Format { get; set; }

    public string VerityParameters { get; set; } = string.Empty;

    private string Path => System.IO.Path.Combine(_directory, "root.img");

    /// <summary>Skips the test when there is no kernel for it, or the format's tools are missing.</summary>
    /// <param name="host">The command line.</param>
    /// <param name="format">The image's file system.</param>
    /// <param name="verity">Whether it is verified.</param>
    /// <param name="distribution">Arguments of <c>skerry image rootfs</c>; none for the agent alone.</param>
    public static async Task<RootImage> BuildAsync(SkerryHost host, string format, bool verity, params string[] distribution)
    {
        Assert.SkipUnless(Kernel() is not null, "no kernel with disk drivers built in; run: make kernel, or set SKERRY_TEST_DISK_KERNEL");
        string directory = Directory.CreateDirectory(System.IO.Path.Combine(host.WorkDirectory, $"image-{Guid.NewGuid():N}")).FullName;
        var image = new RootImage(host, directory, format);
        string[] flags = verity ? ["--verity"] : [];
        if (distribution.Length > 0)
        {
            string rootfs = System.IO.Path.Combine(directory, "rootfs");
            (await host.SkerryAsync(["image", "rootfs", .. distribution, "--output", rootfs])).Ok();
            flags = [.. flags, "--rootfs", rootfs];
        }

        ToolResult built = (await host.SkerryAsync(["image", "build", "--format", format, "--output", image.Path, .. flags])).Ok();
        image.VerityParameters = built.Output.Split('"') is [_, var parameters, ..] ? parameters : string.Empty;
        Assert.Equal(verity, image.VerityParameters.Length > 0);
        return image;
    }

    /// <summary><c>skerry run</c> of a command in a guest of this image.</summary>
    public async Task<ToolResult> RunAsync(string machineType, string more, params IEnumerable<string> command)
    {
        string configuration = System.IO.Path.Combine(_directory, "configuration.toml");
        await File.WriteAllTextAsync(configuration, $"""
            [hypervisor.qemu]
            kernel = "{Kernel()}"
            initrd = ""
            image = "{Path}"
            rootfs_type = "{Format}"
            kernel_verity_params = "{VerityParameters}"
            machine_type = "{machineType}"
            {more}
            """);
        return await _host.SkerryAsync(["--config", configuration, "run", "--rm", "busybox", .. command]);
    }

    /// <summary>Flips one bit in the middle of the agent's program.</summary>
    public async Task ChangeAByteOfTheAgentAsync()
    {
        byte[] agent = await File.ReadAllBytesAsync(System.IO.Path.Combine(Checkout.BinDirectory, "skerry-agent"));
        byte[] image = await File.ReadAllBytesAsync(Path);

        // The first block of the program is read by every start of it.
        int at = image.AsSpan().IndexOf(agent.AsSpan(0, BlockBytes));
        Assert.True(at > 0, "the agent is not in the image");
        image[at + 24] ^= 1;
        await File.WriteAllBytesAsync(Path, image);
    }

    private static string? Kernel()
    {
        string? given = Environment.GetEnvironmentVariable("SKERRY_TEST_DISK_KERNEL");
        string[] candidates = [given ?? string.Empty, System.IO.Path.Combine(Checkout.ShareDirectory, "kernel", "vmlinux")];
        return candidates.FirstOrDefault(File.Exists);
    }
}
