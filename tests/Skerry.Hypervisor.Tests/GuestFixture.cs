using System.Diagnostics;
using Skerry.Core;
using Skerry.GuestAssets;
using Skerry.Hypervisor.Qemu;

namespace Skerry.Hypervisor.Tests;

/// <summary>
/// A kernel and an initramfs for the tests that boot machines: the built assets' kernel and modules with a small C program
/// as /init. Assets are looked for in SKERRY_TEST_ASSETS, else in out/share/skerry of the checkout.
/// </summary>
public sealed class GuestFixture : IDisposable
{
    private const string Qemu = "/usr/bin/qemu-system-x86_64";
    private readonly ScratchDirectory _scratch = new();

    public GuestFixture()
    {
        string assets = Environment.GetEnvironmentVariable("SKERRY_TEST_ASSETS") is { Length: > 0 } given ? given : DefaultAssets();
        Kernel = GuestKernelFile.FindIn(assets) ?? string.Empty;
        string initrd = Path.Combine(assets, GuestKernelFile.Initrd);
        WhyNot = Kernel.Length == 0 || !File.Exists(initrd) ? $"no guest kernel and initramfs in {assets}: make image"
            : !File.Exists(Qemu) ? $"{Qemu} is not installed"
            : Compile() ?? null;
        if (WhyNot is null)
        {
            // The kernel unpacks one archive after the other: the second one's /init takes the place of the agent.
            using FileStream combined = File.Create(Initrd);
            combined.Write(File.ReadAllBytes(initrd));
            var cpio = new CpioWriter(combined);
            cpio.Write(CpioEntry.File("init", File.ReadAllBytes(_scratch["init"]), executable: true));
            cpio.Finish();
        }
    }

    public string Kernel { get; }

    public string Initrd => _scratch["initrd.img"];

    private string? WhyNot { get; }

    /// <summary>A machine whose guest does what <paramref name="mode"/> says; skips the test without kernel or QEMU.</summary>
    public MachineConfig Machine(string mode, string machineType, string stateDirectory)
    {
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? string.Empty);
        return new MachineConfig
        {
            Id = SandboxId.Parse($"test-{mode}"),
            VmmPath = Qemu,
            MachineType = machineType,
            Kernel = Kernel,
            Initrd = Initrd,
            KernelParameters = $"test={mode}",
            MemoryMiB = 192,
            StateDirectory = stateDirectory,
            LaunchTimeout = TimeSpan.FromSeconds(30),
        };
    }

    public async Task<TestMachine> BootAsync(string mode, string machineType = "microvm", Func<MachineConfig, MachineConfig>? change = null)
    {
        var state = new ScratchDirectory();
        try
        {
            MachineConfig config = Machine(mode, machineType, state.Path);
            IVirtualMachine machine = await new QemuHypervisor().StartAsync(change?.Invoke(config) ?? config, TestContext.Current.CancellationToken);
            return new TestMachine(machine, state);
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    public void Dispose() => _scratch.Dispose();

    private static string DefaultAssets()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Skerry.slnx")))
            {
                return Path.Combine(directory.FullName, "out/share/skerry");
            }
        }

        return "out/share/skerry";
    }

    private string? Compile()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Guest/init.c");
        try
        {
            using Process compiler = Process.Start("gcc", ["-O2", "-w", "-static", "-o", _scratch["init"], source]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? null : "gcc cannot build a static program: apt-get install gcc libc6-dev";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "gcc is not installed";
        }
    }
}
