using System.Runtime.InteropServices;
using Skerry.Cli.Checks;
using Skerry.Config;
using Skerry.GuestAssets.KernelBuild;

namespace Skerry.Cli.Tests;

public sealed class KernelCheckTests : IDisposable
{
    private static readonly string s_otherArchitecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "x86_64" : "aarch64";

    private readonly CliScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task KernelOfAnotherArchitecture_IsNamed()
    {
        CheckResult result = await CheckAsync(s_otherArchitecture == "aarch64" ? Arm64Image() : BzImage(), config: null);
        Assert.Equal(CheckOutcome.Failed, result.Outcome);
        Assert.Contains($"is for {s_otherArchitecture}, and this machine is", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheAgentNeedsAndTheKernelLacks_IsNamedBeforeBoot()
    {
        CheckResult result = await CheckAsync(Own(), "CONFIG_64BIT=y\nCONFIG_VIRTIO=y\nCONFIG_VIRTIO_MMIO=y\n", "machine_type = \"q35\"");
        Assert.Equal(CheckOutcome.Failed, result.Outcome);
        Assert.Contains("CONFIG_VIRTIO_CONSOLE (the channel to the agent)", result.Detail, StringComparison.Ordinal);
        Assert.Contains("CONFIG_VIRTIO_PCI (devices of the machine type q35)", result.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("CONFIG_64BIT", result.Detail, StringComparison.Ordinal);
        Assert.Contains("skerry kernel install", result.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheConfigurationAsksFor_IsAnError_WhatSomeContainersNeed_ANote()
    {
        string config = EverythingButHotPlug();
        CheckResult plain = await CheckAsync(Own(), config);
        Assert.Equal(CheckOutcome.Noted, plain.Outcome);
        Assert.Contains("lacks what some containers need: CONFIG_HOTPLUG_PCI_ACPI or CONFIG_HOTPLUG_PCI_PCIE (block devices, and interfaces that come later)", plain.Detail, StringComparison.Ordinal);
        Assert.Equal(CheckOutcome.Passed, (await CheckAsync(Own(), config, "machine_type = \"microvm\"")).Outcome);
        Assert.Equal(CheckOutcome.Passed, (await CheckAsync(Own(), config + "CONFIG_HOTPLUG_PCI_ACPI=y\n")).Outcome);

        CheckResult growing = await CheckAsync(Own(), config, "enable_virtio_mem = true\nreclaim_guest_freed_memory = true\n[runtime]\nstatic_sandbox_resource_mgmt = false");
        Assert.Equal(CheckOutcome.Failed, growing.Outcome);
        Assert.All(["ACPI_HOTPLUG_CPU", "MEMORY_HOTPLUG", "VIRTIO_MEM", "PAGE_REPORTING"], option => Assert.Contains($"CONFIG_{option} (", growing.Detail, StringComparison.Ordinal));
        Assert.DoesNotContain("ACPI_HOTPLUG_MEMORY", growing.Detail, StringComparison.Ordinal);
    }

    /// <summary>A configuration with what is needed in any case.</summary>
    private static string EverythingButHotPlug() => string.Concat(KernelNeeds.Missing(KernelConfig.Parse(string.Empty), new KernelUse())
        .SelectMany(need => need[..need.IndexOf(" (", StringComparison.Ordinal)].Split(" or "))
        .Append("CONFIG_VIRTIO_BLK")
        .Select(option => option + "=y\n"));

    private static byte[] Own() => s_otherArchitecture == "aarch64" ? BzImage() : Arm64Image();

    private static byte[] Arm64Image()
    {
        var file = new byte[128];
        "ARM\x64"u8.CopyTo(file.AsSpan(56));
        return file;
    }

    /// <summary>The header of one setup sector, and a payload that is an ELF file and nothing more.</summary>
    private static byte[] BzImage()
    {
        byte[] payload = [0x7f, (byte)'E', (byte)'L', (byte)'F', .. new byte[76], 80, 0, 0, 0];
        var file = new byte[1024 + payload.Length];
        file[0x1f1] = 1;
        "HdrS"u8.CopyTo(file.AsSpan(0x202));
        file[0x206] = 0x0f;
        file[0x207] = 0x02;
        file[0x24c] = (byte)payload.Length;
        payload.CopyTo(file, 1024);
        return file;
    }

    private async Task<CheckResult> CheckAsync(byte[] kernel, string? config, string keys = "")
    {
        string path = _scene.Write("boot/vmlinuz", string.Empty);
        await File.WriteAllBytesAsync(path, kernel, TestContext.Current.CancellationToken);
        if (config is not null)
        {
            _scene.Write("boot/config", config);
        }

        string file = _scene.Write("check.toml", $"[hypervisor.qemu]\nkernel = \"{path}\"\n{keys}\n");
        CliHost host = _scene.Host(TextWriter.Null, TextWriter.Null);
        LoadedConfiguration loaded = ConfigurationLoader.Load(new ConfigurationRequest { ConfigPath = file, Prefix = host.Prefix });
        return await new KernelCheck().RunAsync(new CheckSubject(host, loaded), TestContext.Current.CancellationToken);
    }
}
