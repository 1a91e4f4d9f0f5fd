using System.Text.Json;
using Skerry.Cli.Checks;
using Skerry.Config;

namespace Skerry.Cli.Tests;

public sealed class CheckCommandTests : IDisposable
{
    private const string QemuAnswer = "QEMU emulator version 7.2.11 (Debian)\nmicrovm              microvm (i386)\nq35                  Standard PC (Q35)";

    private readonly CliScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task AMachineWithoutQemu_CannotRunContainersAndSaysWhatToDo()
    {
        string config = _scene.Write("a.toml", "[hypervisor.qemu]\npath = \"/nowhere/qemu\"\n");
        CliOutcome outcome = await _scene.RunAsync("check", "--config", config);
        Assert.Equal(1, outcome.Code);
        Assert.Contains("FAIL  qemu          there is no program /nowhere/qemu\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"-> install QEMU (Debian: apt install qemu-system-x86), or set path in [hypervisor.qemu] (now from {config}:2)", outcome.Out, StringComparison.Ordinal);
        Assert.EndsWith("This machine cannot run containers yet.\n", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_HasEveryCheckOnce()
    {
        CliOutcome outcome = await _scene.RunAsync("check", "--json");
        JsonElement root = JsonDocument.Parse(outcome.Out).RootElement;
        Assert.Equal(HostChecks.All.Select(check => check.Name), root.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
        Assert.Equal(outcome.Code == 0, root.GetProperty("able").GetBoolean());
    }

    [Fact]
    public async Task AQemuThatAnswers_Passes()
    {
        CheckResult result = await RunAsync(new QemuCheck(), $"path = \"{_scene.WriteProgram("qemu", QemuAnswer)}\"");
        Assert.Equal(CheckOutcome.Passed, result.Outcome);
        Assert.Contains("version 7.2.11", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("QEMU emulator version 5.2.0\nmicrovm x\nq35 x", "7.0 or newer")]
    [InlineData("QEMU emulator version 8.0.0\nq35 x", "apt install")]
    [InlineData("something else", "apt install")]
    public async Task AQemuThatIsTooOldOrPoor_FailsWithARemedy(string answer, string remedy)
    {
        CheckResult result = await RunAsync(new QemuCheck(), $"path = \"{_scene.WriteProgram("qemu", answer)}\"");
        Assert.Equal(CheckOutcome.Failed, result.Outcome);
        Assert.Contains(remedy, result.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithOneMachineTypeChosen_OnlyThatIsNeeded()
    {
        string program = _scene.WriteProgram("qemu", "QEMU emulator version 8.0.0\nq35 x");
        Assert.Equal(CheckOutcome.Passed, (await RunAsync(new QemuCheck(), $"path = \"{program}\"\nmachine_type = \"q35\"")).Outcome);
    }

    [Fact]
    public async Task AFileThatIsNoKernel_FailsWithTheCommandThatMakesOne()
    {
        CheckResult result = await RunAsync(new KernelCheck(), $"kernel = \"{_scene.Write("vmlinux", "no kernel")}\"");
        Assert.Equal(CheckOutcome.Failed, result.Outcome);
        Assert.Contains("skerry image build", result.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("070701rest", CheckOutcome.Passed)]
    [InlineData("no initramfs", CheckOutcome.Failed)]
    [InlineData("", CheckOutcome.Failed)]
    internal async Task AnInitramfs_IsRecognizedByItsFirstBytes(string content, CheckOutcome outcome) =>
        Assert.Equal(outcome, (await RunAsync(new GuestRootCheck(), $"initrd = \"{_scene.Write("initrd", content)}\"")).Outcome);

    [Fact]
    public async Task AHostKernelWithoutOverlayfs_Fails()
    {
        _scene.Write("proc/filesystems", "nodev\ttmpfs\n\text4\n");
        _scene.Write("proc/sys/kernel/osrelease", "0.0.0-nothing\n");
        Assert.Equal(CheckOutcome.Failed, (await RunAsync(new OverlayCheck(), string.Empty)).Outcome);
        _scene.Write("proc/filesystems", "nodev\ttmpfs\nnodev\toverlay\n");
        Assert.Equal(CheckOutcome.Passed, (await RunAsync(new OverlayCheck(), string.Empty)).Outcome);
    }

    [Theory]
    [InlineData("25 1 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "v2")]
    [InlineData("25 1 0:22 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", "v1: memory")]
    [InlineData("25 1 0:22 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n26 1 0:23 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw", "v1 and v2 (hybrid): pids")]
    public async Task TheKindOfCgroups_IsNamed(string mountinfo, string detail)
    {
        _scene.Write("proc/self/mountinfo", mountinfo + "\n");
        Assert.Equal(detail, (await RunAsync(new CgroupCheck(), string.Empty)).Detail);
    }

    [Fact]
    public async Task TooLittleMemory_IsNotedWithTheKeyToChange()
    {
        _scene.Write("proc/meminfo", "MemTotal: 1 kB\nMemAvailable:      102400 kB\n");
        CheckResult result = await RunAsync(new MemoryCheck(), string.Empty);
        Assert.Equal((CheckOutcome.Noted, "100 MiB available, and a guest gets 256 MiB"), (result.Outcome, result.Detail));
        Assert.Contains("default_memory", result.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContainerdWithoutTheShimInItsPath_GetsTheCommandThatLinksIt()
    {
        _scene.WriteProgram("path/containerd", "containerd github.com/containerd/containerd 1.6.20~ds1 x");
        CheckResult result = await RunAsync(new ContainerdCheck(), string.Empty);
        Assert.Equal(CheckOutcome.Noted, result.Outcome);
        Assert.Contains("version 1.6.20", result.Detail, StringComparison.Ordinal);
        Assert.StartsWith("ln -s ", result.Remedy, StringComparison.Ordinal);

        _scene.WriteProgram("path/containerd-shim-skerry-v2", string.Empty);
        Assert.Equal(CheckOutcome.Passed, (await RunAsync(new ContainerdCheck(), string.Empty)).Outcome);
    }

    [Fact]
    public async Task ADirectoryWithoutRoom_FailsAndNamesTheVariable()
    {
        CheckResult result = await RunAsync(new DiskSpaceCheck("x", host => host.DataDirectory, long.MaxValue, "SKERRY_DATA_DIR"), string.Empty);
        Assert.Equal(CheckOutcome.Failed, result.Outcome);
        Assert.Contains("SKERRY_DATA_DIR", result.Remedy, StringComparison.Ordinal);
    }

    private async Task<CheckResult> RunAsync(HostCheck check, string hypervisorKeys)
    {
        if (!File.Exists(Path.Combine(_scene.Root, "proc/meminfo")))
        {
            _scene.Write("proc/meminfo", "MemAvailable: 999999999 kB\n");
        }

        string file = _scene.Write("check.toml", $"[hypervisor.qemu]\n{hypervisorKeys}\n");
        CliHost host = _scene.Host(TextWriter.Null, TextWriter.Null);
        LoadedConfiguration loaded = ConfigurationLoader.Load(new ConfigurationRequest { ConfigPath = file, Prefix = host.Prefix });
        return await check.RunAsync(new CheckSubject(host, loaded, Path.Combine(_scene.Root, "proc")), TestContext.Current.CancellationToken);
    }
}
