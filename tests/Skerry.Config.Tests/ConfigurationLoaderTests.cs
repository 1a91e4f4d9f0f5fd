using Skerry.Core;

namespace Skerry.Config.Tests;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly ConfigScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void AFileOfKatasGoRuntime_IsObeyed()
    {
        SkerryConfig config = _scene.Load(KataFiles.Go).Config;
        Assert.Equal("q35", config.Hypervisor.MachineType);
        Assert.Equal("/usr/share/kata-containers/vmlinux.container", config.Hypervisor.Kernel);
        Assert.Equal("/usr/share/kata-containers/kata-containers.img", config.Hypervisor.Image);
        Assert.Null(config.Hypervisor.Initrd);
        Assert.Equal(2048u, config.Hypervisor.DefaultMemoryMiB);
        Assert.Equal(4u, config.Hypervisor.DefaultMaxVcpus);
        Assert.Equal(["--thread-pool-size=1", "--announce-submounts"], config.Hypervisor.VirtioFsExtraArgs);
        Assert.Equal(TimeSpan.FromSeconds(45), config.Agent.DialTimeout);
        Assert.Equal(TimeSpan.FromSeconds(61), config.Agent.CreateContainerTimeout);
        Assert.True(config.Runtime.DisableGuestSeccomp);
    }

    [Fact]
    public void AFileOfRuntimeRs_IsObeyedWithItsOwnNames()
    {
        SkerryConfig config = _scene.Load(KataFiles.RuntimeRs).Config;
        Assert.Equal(string.Empty, config.Hypervisor.SeccompSandbox);
        Assert.Equal(1.5, config.Hypervisor.DefaultVcpus);
        Assert.Equal(TimeSpan.FromSeconds(10), config.Agent.DialTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), config.Agent.CreateContainerTimeout);
        Assert.Equal(1u, config.Agent.ContainerPipeSizeBytes);
        Assert.True(config.Agent.DebugConsoleEnabled);
        Assert.Equal("debug", config.Runtime.LogLevel);
    }

    [Fact]
    public void KeysWithoutEffect_AreNamedInOneWarningWithTheReasons()
    {
        LoadedConfiguration loaded = _scene.Load(KataFiles.Go);
        string warning = Assert.Single(loaded.Warnings).Message;
        Assert.StartsWith(_scene.EtcFile + ": ", warning, StringComparison.Ordinal);
        Assert.Contains("keys are set that have no effect", warning, StringComparison.Ordinal);
        Assert.Contains("every disk is plugged as virtio-blk on PCI (block_device_driver)", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("internetworking_model", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("default_memory", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void KeysOfDisks_AreObeyed_AndThoseThatContradictEachOtherAreFaults()
    {
        HypervisorConfig disks = _scene.Load("""
            [hypervisor.qemu]
            block_device_aio = "native"
            block_device_cache_set = true
            block_device_cache_direct = true
            block_device_cache_noflush = true
            block_device_logical_sector_size = 4096
            block_device_driver = "virtio-blk-pci"
            disable_block_device_use = true
            queue_size = 64
            num_queues = 2
            pcie_root_port = 16
            """).Config.Hypervisor;
        Assert.Equal(("native", 4096u, 0u, 64u, 2u, 16u), (disks.BlockDeviceAio, disks.BlockDeviceLogicalSectorSize, disks.BlockDevicePhysicalSectorSize, disks.BlockDeviceQueueSize, disks.BlockDeviceNumQueues, disks.PcieRootPort));
        Assert.True(disks is { BlockDeviceCacheSet: true, BlockDeviceCacheDirect: true, BlockDeviceCacheNoflush: true, DisableBlockDeviceUse: true });
        IReadOnlyList<string> faults = _scene.Faults("[hypervisor.qemu]\nblock_device_aio = \"native\"\nblock_device_logical_sector_size = 4096\nblock_device_physical_sector_size = 512\n");
        Assert.Equal(2, faults.Count);
        Assert.Contains("needs block_device_cache_set and block_device_cache_direct", faults[0], StringComparison.Ordinal);
        Assert.Contains("= 512 is less than block_device_logical_sector_size = 4096", faults[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pcie_root_port = 17", "0 to 16")]
    [InlineData("queue_size = 100", "0, or a power of two")]
    [InlineData("block_device_logical_sector_size = 256", "from 512 to 65536")]
    [InlineData("block_device_aio = \"magic\"", "\"threads\"")]
    public void AKeyOfDisksOutOfRange_IsAFault(string line, string range) =>
        Assert.Contains(range, Assert.Single(_scene.Faults($"[hypervisor.qemu]\n{line}\n")), StringComparison.Ordinal);

    [Fact]
    public void AValueWithoutEffect_LeavesTheDefaultInForceAndSaysSo()
    {
        LoadedConfiguration loaded = _scene.Load("[runtime]\ninternetworking_model = \"l3forwarding\"\n");
        Assert.Equal("tcfilter", loaded.Config.Runtime.InternetworkingModel);
        Assert.Equal(ConfigOrigin.Default, loaded.OriginOf("runtime.internetworking_model"));
        Assert.Contains("1 key is set that has no effect", Assert.Single(loaded.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NetworkKeys_AreObeyed_AndTwoThatContradictEachOtherAreAFault()
    {
        SkerryConfig config = _scene.Load(
            "[hypervisor.qemu]\nnetwork_queues = 2\ndisable_vhost_net = true\nrx_rate_limiter_max_rate = 10000000000\ntx_rate_limiter_max_rate = 8000\n"
            + "[runtime]\ninternetworking_model = \"macvtap\"\n").Config;
        Assert.Equal((2u, true, 10_000_000_000ul, 8000ul), (config.Hypervisor.NetworkQueues, config.Hypervisor.DisableVhostNet, config.Hypervisor.RxRateLimiterMaxRate, config.Hypervisor.TxRateLimiterMaxRate));
        Assert.Equal("macvtap", config.Runtime.InternetworkingModel);
        Assert.True(_scene.Load("[runtime]\ninternetworking_model = \"none\"\ndisable_new_netns = true\n").Config.Runtime.DisableNewNetns);
        Assert.Contains("internetworking_model = \"none\"", Assert.Single(_scene.Faults("[runtime]\ndisable_new_netns = true\n")), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryFault_IsReportedAtOnceWithItsLineItsRangeAndWhatWasProbablyMeant()
    {
        IReadOnlyList<string> faults = _scene.Faults("""
            [hypervisor.qemu]
            defualt_memory = 512
            default_memory = 12
            machine_type = "pc"
            path = 5
            kernel = "relative/vmlinux"
            virtio_fs_queue_size = 1000
            enable_annotations = ["("]
            dial_timeout = 3

            [agent.kta]
            enable_debug = true

            [runtim]

            [runtime]
            hypervisor_name = "clh"
            zzzzzz = 1
            """);
        Assert.Equal(
            [
                "FILE:2: unknown key \"defualt_memory\" in [hypervisor.qemu]; did you mean \"default_memory\"?",
                "FILE:3: default_memory = 12: accepted is an integer: 32 to 16777216",
                "FILE:4: machine_type = \"pc\": accepted is a string: \"\", \"microvm\", \"q35\"",
                "FILE:5: path = 5: accepted is a string: an absolute path",
                "FILE:6: kernel = \"relative/vmlinux\": accepted is a string: an absolute path",
                "FILE:7: virtio_fs_queue_size = 1000: accepted is an integer: a power of two from 2 to 1024",
                "FILE:8: enable_annotations = [\"(\"]: accepted is an array of strings: regular expressions, matched against the whole name",
                "FILE:9: unknown key \"dial_timeout\" in [hypervisor.qemu]; it belongs in [agent.kata]",
                "FILE:11: unknown table \"kta\" in [agent]; did you mean \"kata\"?",
                "FILE:14: unknown table \"runtim\"; did you mean \"runtime\"?",
                "FILE:17: hypervisor_name = \"clh\": accepted is a string: \"qemu\"",
                "FILE:18: unknown key \"zzzzzz\" in [runtime]",
            ],
            faults);
    }

    [Theory]
    [InlineData("confidential_guest = true", "confidential guests")]
    [InlineData("rootless = true", "another user")]
    [InlineData("kernel_verity_params = \"root_hash=00\"", "accepted is a string")]
    [InlineData("initdata = \"x\"", "confidential guests")]
    public void AProtectionThatCannotBeGiven_IsRefusedRatherThanIgnored(string line, string reason) =>
        Assert.Contains(reason, Assert.Single(_scene.Faults($"[hypervisor.qemu]\n{line}\n")), StringComparison.Ordinal);

    [Fact]
    public void AProtectionSwitchedOff_IsAccepted() =>
        Assert.Empty(_scene.Load("[hypervisor.qemu]\nconfidential_guest = false\nrootless = false\nkernel_verity_params = \"\"\n").Warnings);

    [Fact]
    public void AnotherHypervisorAlone_IsRefusedByName() =>
        Assert.Contains("[hypervisor.clh] is the only hypervisor here", Assert.Single(_scene.Faults("[hypervisor.clh]\npath = \"/x\"\n")), StringComparison.Ordinal);

    [Fact]
    public void AnotherHypervisorBesideQemu_IsLeftOutWithAWarning()
    {
        LoadedConfiguration loaded = _scene.Load("[hypervisor.qemu]\n[hypervisor.clh]\nwhatever = 1\n");
        Assert.Contains("[hypervisor.clh] is not used", Assert.Single(loaded.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImageAndInitrdTogether_AreAFault() =>
        Assert.Contains("exclude each other", Assert.Single(_scene.Faults("[hypervisor.qemu]\nimage = \"/a\"\ninitrd = \"/b\"\n")), StringComparison.Ordinal);

    [Theory]
    [InlineData("0", 1)]
    [InlineData("-1", 4)]
    [InlineData("2.5", 2.5)]
    [InlineData("4", 4)]
    [InlineData("5", 4)]
    public void VirtualProcessors_AreClampedToTheHostAsInKata(string asked, double used) =>
        Assert.Equal(used, _scene.Load($"[hypervisor.qemu]\ndefault_vcpus = {asked}\n").Config.Hypervisor.DefaultVcpus);

    [Fact]
    public void AClamp_IsSaidInAWarningWithItsOrigin() =>
        Assert.Equal($"{_scene.EtcFile}:2: default_vcpus = 9 is more than the host's 4 processors; 4 are used", Assert.Single(_scene.Load("[hypervisor.qemu]\ndefault_vcpus = 9\n").Warnings).Message);

    [Fact]
    public void MoreProcessorsAtBootThanEver_IsAFault() =>
        Assert.Contains("more than default_maxvcpus = 2", Assert.Single(_scene.Faults("[hypervisor.qemu]\ndefault_vcpus = 3\ndefault_maxvcpus = 2\n")), StringComparison.Ordinal);

    [Fact]
    public void MoreMemoryAtBootThanEver_IsAFault() =>
        Assert.Contains("default_memory = 600 is more than default_maxmemory = 512", Assert.Single(_scene.Faults("[hypervisor.qemu]\ndefault_memory = 600\ndefault_maxmemory = 512\n")), StringComparison.Ordinal);

    [Fact]
    public void AMachineThatCannotGrow_ButShould_IsAFaultThatSaysWhatToSet()
    {
        const string Dynamic = "[runtime]\nstatic_sandbox_resource_mgmt = false\n";
        string fault = Assert.Single(_scene.Faults("[hypervisor.qemu]\nmachine_type = \"microvm\"\n" + Dynamic));
        Assert.StartsWith("FILE:2: machine_type = \"microvm\" takes neither processors nor memory while it runs", fault, StringComparison.Ordinal);
        Assert.Contains("set static_sandbox_resource_mgmt = true, or machine_type = \"q35\"", fault, StringComparison.Ordinal);
        Assert.False(_scene.Load("[hypervisor.qemu]\nmachine_type = \"q35\"\n" + Dynamic).Config.Runtime.StaticSandboxResourceMgmt);
        Assert.Empty(_scene.Load(Dynamic).Warnings);
    }

    [Fact]
    public void VirtioMem_WithoutGrowth_HasNoEffect_WhichIsSaid()
    {
        Assert.Contains("enable_virtio_mem has no effect with static_sandbox_resource_mgmt = true", Assert.Single(_scene.Load("[hypervisor.qemu]\nenable_virtio_mem = true\n").Warnings).Message, StringComparison.Ordinal);
        Assert.Empty(_scene.Load("[hypervisor.qemu]\nenable_virtio_mem = true\n[runtime]\nstatic_sandbox_resource_mgmt = false\n").Warnings);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(3, 3)]
    public void NoMemorySlots_MeansTenAsInKata(int asked, uint used) => Assert.Equal(used, _scene.Load($"[hypervisor.qemu]\nmemory_slots = {asked}\n").Config.Hypervisor.MemorySlots);

    [Fact]
    public void ADialTimeoutOfZero_MeansThirtySecondsAsInKata() =>
        Assert.Equal(TimeSpan.FromSeconds(30), _scene.Load("[agent.kata]\ndial_timeout = 0\n").Config.Agent.DialTimeout);

    [Fact]
    public void TheProgramsThatAnnotationsMayChoose_AreTheConfiguredOnesByDefault()
    {
        HypervisorConfig config = _scene.Load("[hypervisor.qemu]\npath = \"/opt/qemu\"\nvirtio_fs_daemon = \"/opt/fsd\"\n").Config.Hypervisor;
        Assert.Equal(["/opt/qemu"], config.ValidHypervisorPaths);
        Assert.Equal(["/opt/fsd"], config.ValidVirtioFsDaemonPaths);
    }

    [Fact]
    public void Flags_WinOverFilesAndAreCheckedLikeThem()
    {
        _scene.Write(_scene.EtcFile, "[hypervisor.qemu]\ndefault_memory = 300\n");
        LoadedConfiguration loaded = ConfigurationLoader.Load(_scene.Request with { Overrides = [new("hypervisor.default_memory", "512", "--memory")] });
        Assert.Equal(512u, loaded.Config.Hypervisor.DefaultMemoryMiB);
        Assert.Equal("--memory", loaded.OriginOf("hypervisor.default_memory").ToString());

        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            ConfigurationLoader.Load(_scene.Request with { Overrides = [new("hypervisor.default_memory", "16", "--memory"), new("hypervisor.default_vcpus", "many", "--cpus")] }));
        Assert.Equal(
            ["--memory: default_memory = 16: accepted is an integer: 32 to 16777216", "--cpus: default_vcpus = \"many\": accepted is a number: a finite number up to 1024"],
            error.Faults.Select(fault => fault.ToString()));
    }

    [Fact]
    public void ADirectoryAmongTheDropIns_IsLeftOut()
    {
        string dropIn = Path.Combine(_scene.Etc, "skerry/config.d/x.toml");
        Directory.CreateDirectory(dropIn);
        Assert.Empty(_scene.Load(string.Empty).Warnings);
    }

    [Fact]
    public void ARootHash_IsReadWithItsGeometry_AndNeedsAnImage()
    {
        string hash = new('c', 64);
        string line = $"kernel_verity_params = \"root_hash={hash},salt=aa,data_blocks=7,data_block_size=4096,hash_block_size=4096\"\n";
        LoadedConfiguration loaded = _scene.Load($"[hypervisor.qemu]\nimage = \"/srv/root.img\"\n{line}");
        Assert.Equal(new VerityParameters(hash, "aa", 7, 4096, 4096), loaded.Config.Hypervisor.KernelVerityParams);
        Assert.Empty(loaded.Warnings);
        Assert.Contains(_scene.Load($"[hypervisor.qemu]\n{line}").Warnings, warning => warning.ToString().Contains("without image", StringComparison.Ordinal));
    }
}
