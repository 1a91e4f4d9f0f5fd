using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>
/// The kernel of <c>make kernel</c>, with everything built in and no modules, on both machine types and in both forms; and Debian's,
/// which the guest image falls back to.
/// </summary>
public sealed class MinimalKernelTests(SkerryFixture fixture) : IClassFixture<SkerryFixture>
{
    private static readonly string s_kernels = Path.Combine(Checkout.ShareDirectory, "kernel");

    [Theory]
    [InlineData("microvm", "vmlinux")]
    [InlineData("microvm", "bzImage")]
    [InlineData("q35", "vmlinux")]
    [InlineData("q35", "bzImage")]
    public async Task AContainer_RunsOnIt(string machineType, string file)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(s_kernels, file)), "the minimal kernel is not built; run: make kernel");
        SkerryHost host = await fixture.HostAsync();
        string image = await ImageAsync(host, $"minimal-{file}", ["--kernel", Path.Combine(s_kernels, file)]);
        string configuration = await ConfigurationAsync(image, Path.Combine(s_kernels, file), machineType);

        string script = """
            uname -r
            cat /sys/fs/cgroup/cgroup.controllers
            test -e /proc/modules || echo no modules
            grep -o Seccomp_filters /proc/self/status
            ls /sys/bus/virtio/drivers | tr '\n' ' '; echo
            awk '{print $NF}' /proc/filesystems | tr '\n' ' '; echo
            ls /proc/self/ns | tr '\n' ' '; echo
            zcat /proc/config.gz | grep -c =y
            """;
        ToolResult result = await host.RunAsync(["--config", configuration], "sh", "-c", script);
        string[] said = result.Ok().Output.TrimEnd().Split('\n');
        Assert.EndsWith("-skerry", said[0], StringComparison.Ordinal);
        Assert.Equal("cpuset cpu io memory hugetlb pids rdma misc", said[1]);
        Assert.Equal("no modules", said[2]);
        Assert.Equal("Seccomp_filters", said[3]);
        AssertAll(said[4], "virtio_balloon", "virtio_blk", "virtio_console", "virtio_mem", "virtio_net", "virtio_pmem", "virtio_rng", "virtio_scsi", "vmw_vsock_virtio_transport", "virtiofs");
        AssertAll(said[5], "ext4", "xfs", "erofs", "squashfs", "overlay", "fuse", "9p", "tmpfs", "cgroup2", "bpf", "hugetlbfs");
        AssertAll(said[6], "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts");
        Assert.InRange(int.Parse(said[7], System.Globalization.CultureInfo.InvariantCulture), 500, 2000);
    }

    [Fact]
    public async Task DebiansKernel_IsThereForThoseWhoAsk()
    {
        SkerryHost host = await fixture.HostAsync();
        string image = await ImageAsync(host, "debian", ["--debian-kernel", "--cache", Path.Combine(Checkout.Root, "out", "cache", "kernel")]);
        string configuration = await ConfigurationAsync(image, Path.Combine(image, "vmlinux"), "microvm");
        ToolResult result = await host.RunAsync(["--config", configuration], "uname", "-r");
        Assert.EndsWith("-cloud-amd64", result.Ok().Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_FindsNothingMissing()
    {
        Assert.SkipUnless(File.Exists(Path.Combine(s_kernels, "vmlinux")), "the minimal kernel is not built; run: make kernel");
        SkerryHost host = await fixture.HostAsync();
        string configuration = Path.Combine(host.WorkDirectory, "check.toml");
        foreach (string file in new[] { "vmlinux", "bzImage" })
        {
            await File.WriteAllTextAsync(configuration, $"[hypervisor.qemu]\nkernel = \"{Path.Combine(s_kernels, file)}\"\n", TestContext.Current.CancellationToken);
            ToolResult check = await host.SkerryAsync("check", "--config", configuration);
            string line = check.Output.Split('\n').Single(text => text.StartsWith("ok    guest kernel", StringComparison.Ordinal));
            Assert.EndsWith("has what the agent needs", line, StringComparison.Ordinal);
        }
    }

    private static void AssertAll(string line, params string[] words) => Assert.Empty(words.Except(line.Split(' ')));

    /// <summary>Builds a guest image of the test's own, and returns its directory.</summary>
    private static async Task<string> ImageAsync(SkerryHost host, string name, IEnumerable<string> arguments)
    {
        string directory = Path.Combine(host.WorkDirectory, name);
        (await host.SkerryAsync(["image", "build", "--output", directory, .. arguments])).Ok();
        return directory;
    }

    private static async Task<string> ConfigurationAsync(string image, string kernel, string machineType)
    {
        string path = Path.Combine(image, machineType + ".toml");
        string text = $"[hypervisor.qemu]\nkernel = \"{kernel}\"\ninitrd = \"{Path.Combine(image, "initrd.img")}\"\nmachine_type = \"{machineType}\"\n";
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }
}
