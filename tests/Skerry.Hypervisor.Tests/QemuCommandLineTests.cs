using Skerry.Core;
using Skerry.Hypervisor.Qemu;

namespace Skerry.Hypervisor.Tests;

public sealed class QemuCommandLineTests
{
    private static readonly MachineConfig s_base = new()
    {
        Id = SandboxId.Parse("web-1"),
        VmmPath = "/usr/bin/qemu-system-x86_64",
        Kernel = "/opt/skerry/share/skerry/vmlinux",
        Initrd = "/opt/skerry/share/skerry/initrd.img",
        StateDirectory = "/run/skerry/web-1",
        KernelParameters = "agent.log=debug",
        SharedDirectories = [new SharedDirectory { Tag = "kataShared", SocketPath = "/run/skerry/web-1/virtiofsd.sock" }],
    };

    private static readonly Dictionary<string, (MachineConfig Config, Accelerator Accelerator)> s_machines = new()
    {
        ["microvm-tcg"] = (s_base, Accelerator.Tcg),
        ["q35-tcg"] = (s_base with { MachineType = "q35", Vcpus = 2, MaxVcpus = 4, MemoryMiB = 2048 }, Accelerator.Tcg),
        ["microvm-kvm"] = (s_base with { CpuFeatures = "pmu=off", MachineOptions = "usb=off", SeccompSandbox = "", MaxVcpus = 4 }, Accelerator.Kvm),
        ["q35-image"] = (s_base with { MachineType = "q35", Initrd = null, Image = "/srv/a,b.img", RootFsType = "erofs", SharedDirectories = [], VerboseConsole = true }, Accelerator.Tcg),
    };

    public static TheoryData<string> Machines => new(s_machines.Keys);

    [Theory]
    [MemberData(nameof(Machines))]
    public void Arguments_AreThoseOfTheGoldenFile(string name)
    {
        (MachineConfig config, Accelerator accelerator) = s_machines[name];
        string actual = string.Join('\n', QemuCommandLine.Build(config, accelerator, 2_700_000)) + "\n";
        string golden = Path.Combine(AppContext.BaseDirectory, "Golden", name + ".txt");
        if (Environment.GetEnvironmentVariable("SKERRY_UPDATE_GOLDEN") is { Length: > 0 } directory)
        {
            File.WriteAllText(Path.Combine(directory, name + ".txt"), actual);
        }

        Assert.Equal(File.Exists(golden) ? File.ReadAllText(golden) : "(no golden file: run with SKERRY_UPDATE_GOLDEN=<the Golden folder>)", actual);
    }

    [Theory]
    [InlineData(false, false, "share=on")]
    [InlineData(true, false, "share=on,prealloc=on")]
    [InlineData(false, true, "share=on,hugetlb=on")]
    public void GuestMemory_IsTakenAsAskedFor(bool preallocate, bool hugePages, string options)
    {
        MachineConfig config = s_base with { PreallocateMemory = preallocate, HugePages = hugePages };
        Assert.Contains($"memory-backend-memfd,id=mem,size=256M,{options}", QemuCommandLine.Build(config, Accelerator.Tcg, 1));
    }

    [Fact]
    public void UnknownMachineType_NamesThoseThatWork()
    {
        var error = Assert.Throws<HypervisorException>(() => QemuCommandLine.Build(s_base with { MachineType = "virt" }, Accelerator.Tcg, 1));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("microvm", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void TooManyKernelParameters_AreRefused()
    {
        MachineConfig config = s_base with { KernelParameters = new string('x', 2000) };
        Assert.Contains("2047", Assert.Throws<HypervisorException>(() => QemuCommandLine.Build(config, Accelerator.Tcg, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UsersParameters_ComeLast()
    {
        IReadOnlyList<string> arguments = QemuCommandLine.Build(s_base with { KernelParameters = "panic=5" }, Accelerator.Tcg, 1);
        string parameters = arguments[arguments.ToList().IndexOf("-append") + 1];
        Assert.EndsWith(" panic=5", parameters, StringComparison.Ordinal);
    }
}
