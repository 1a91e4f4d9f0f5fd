using System.Globalization;
using System.Text.Json;
using Skerry.SystemTests.Cri;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>Machines that grow with what their containers may use, and give back what these no longer need.</summary>
public sealed class CriGrowthTests(CriFixture fixture) : IClassFixture<CriFixture>
{
    private const string Forever = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
    private const string TotalKiB = "awk '/MemTotal/{print $2}' /proc/meminfo";
    private const long MiB = 1024 * 1024;

    [Fact]
    public async Task AMachine_GrowsWithItsContainers_UntilItsSlotsAreUsed_AndSaysWhy()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("growing", handler: CriHost.Growing);
        PodContainer plain = await pod.StartAsync("plain", ["sh", "-c", Forever]);
        Assert.Equal("1", await plain.ShellAsync("nproc"));
        long first = await MemoryMiBAsync(plain);

        PodContainer limited = await pod.StartAsync("limited", ["sh", "-c", Forever], config => ShareVolume(host, config, new Resources
        {
            CpuPeriod = 100_000,
            CpuQuota = 50_000,
            CpusetCpus = "0-1",
            MemoryLimitInBytes = 100 * MiB,
        }));
        Assert.Equal("2", await plain.ShellAsync("nproc"));
        Assert.Equal(first + 128, await MemoryMiBAsync(plain), 2.0);
        Assert.Equal(["0", "1"], PinnedTo(host, pod));
        await CheckSharedMemoryAsync(host, limited);

        await limited.UpdateAsync(new Resources { CpuPeriod = 100_000, CpuQuota = 60_000, CpusetCpus = "0", MemoryLimitInBytes = 200 * MiB });
        Assert.Equal("209715200", await limited.ShellAsync("cat /sys/fs/cgroup/memory.max"));
        Assert.Equal(first + 256, await MemoryMiBAsync(plain), 2.0);
        Assert.Empty(PinnedTo(host, pod));
        await CheckRefusalsAsync(pod);

        string[] why = await WhyAsync(host, pod);
        Assert.Contains(why, line => line.StartsWith("vcpus +0.6 the limit of container ", StringComparison.Ordinal));
        Assert.Contains("vcpus +0.4 rounded up to whole processors", why);
        Assert.Contains("vcpus 1 of them plugged while it runs", why);
        Assert.Contains("vcpus = 2 what the machine has", why);
        Assert.Contains(why, line => line.StartsWith("memory +200 MiB the limit of container ", StringComparison.Ordinal));
        Assert.Contains("memory +56 MiB rounded up to blocks of 128 MiB, by which the guest takes memory", why);
        Assert.Contains("memory 256 MiB of it plugged while it runs, in 2 of 2 slots", why);
        Assert.Contains("memory = 512 MiB what the machine has", why);
    }

    [Fact]
    public async Task VirtioMem_GivesMemoryBackWithItsContainer_AndTheBalloonWhatTheGuestFrees()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync(
            "elastic", config => config.Annotations.Add("io.katacontainers.config.hypervisor.enable_virtio_mem", "true"), CriHost.Growing);
        PodContainer plain = await pod.StartAsync("plain", ["sh", "-c", Forever]);
        long first = await MemoryMiBAsync(plain);
        PodContainer limited = await pod.StartAsync("limited", ["sh", "-c", Forever], config => config.Linux.Resources.MemoryLimitInBytes = 200 * MiB);
        Assert.Equal(first + 256, await MemoryMiBAsync(plain), 2.0);
        Assert.Contains("memory 256 MiB of it plugged while it runs, by virtio-mem", await WhyAsync(host, pod));

        await limited.ShellAsync("head -c 60000000 /dev/urandom >/dev/shm/fill");
        long full = ResidentMiB(host, pod);
        await limited.ShellAsync("rm /dev/shm/fill");

        // Only whole chunks of free pages are reported, and two busy shells take some of them again.
        await Eventually.TrueAsync(() => Task.FromResult(ResidentMiB(host, pod) < full - 20), $"the host has back 20 of {full} MiB", TimeSpan.FromSeconds(120));

        await limited.StopAsync();
        await limited.RemoveAsync();
        await Eventually.TrueAsync(async () => await MemoryMiBAsync(plain) < first + 128, "most of the container's memory is back", TimeSpan.FromSeconds(120));
    }

    [Fact]
    public async Task AMachineTypeThatCannotGrow_IsRefusedWithWhatToSet()
    {
        CriHost host = await fixture.HostAsync();
        CriException error = await Assert.ThrowsAsync<CriException>(() => host.RunPodAsync(
            "rigid", config => config.Annotations.Add("io.katacontainers.config.hypervisor.machine_type", "microvm"), CriHost.Growing));
        Assert.Contains("\"microvm\" takes neither processors nor memory while it runs", error.Message);
        Assert.Contains("set static_sandbox_resource_mgmt = true, or machine_type = \"q35\"", error.Message);
        await host.RemovedAsync("rigid");
    }

    [Fact]
    public async Task AGuestThatCannotTakeMemory_FailsTheContainer_AndTheNextOneRuns()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync(
            "unable", config => config.Annotations.Add("io.katacontainers.config.hypervisor.kernel_params", "acpi_no_memhotplug"), CriHost.Growing);
        PodContainer large = await pod.CreateAsync("large", ["true"], config => config.Linux.Resources.MemoryLimitInBytes = 200 * MiB);
        CriException error = await Assert.ThrowsAsync<CriException>(large.StartAsync);
        Assert.Contains("uses 0 of the 256 MiB that were plugged: it needs CONFIG_ACPI_HOTPLUG_MEMORY", error.Message);
        PodContainer plain = await pod.StartAsync("plain", ["sh", "-c", Forever]);
        Assert.DoesNotContain(await WhyAsync(host, pod), line => line.Contains("plugged", StringComparison.Ordinal));
        await plain.StopAsync();
    }

    private static async Task CheckRefusalsAsync(Pod pod)
    {
        // The sum would need a third slot; what the machine has is enough once the container asks for less.
        PodContainer large = await pod.CreateAsync("large", ["true"], config => config.Linux.Resources.MemoryLimitInBytes = 300 * MiB);
        CriException error = await Assert.ThrowsAsync<CriException>(large.StartAsync);
        Assert.Contains("no free slot for 256 MiB of memory: 2 of 2 are used", error.Message);
        Assert.Contains("memory_slots", error.Message);

        PodContainer huge = await pod.CreateAsync("huge", ["true"], config => config.Linux.Resources.MemoryLimitInBytes = 4L * 1024 * 1024 * MiB);
        error = await Assert.ThrowsAsync<CriException>(huge.StartAsync);
        Assert.Contains("MiB of memory, but the host has", error.Message);
        Assert.Contains("4194304 MiB (the limit of container", error.Message);

        PodContainer small = await pod.StartAsync("small", ["true"], config => config.Linux.Resources.MemoryLimitInBytes = 50 * MiB);
        Assert.Equal(0, (await small.ExitedAsync()).ExitCode);
    }

    /// <summary>The kernel prefers plugged memory, so the file daemon has to reach it.</summary>
    private static async Task CheckSharedMemoryAsync(CriHost host, PodContainer container)
    {
        string sum = await container.ShellAsync("head -c 30000000 /dev/urandom >/volume/data; md5sum </volume/data | cut -d' ' -f1");
        string file = Path.Combine(host.VolumeDirectory, "data");
        Assert.Equal(sum, (await Tool.RunAsync("md5sum", [file])).Ok().Output.Split(' ')[0]);
        File.Delete(file);
    }

    private static void ShareVolume(CriHost host, ContainerConfig config, Resources resources)
    {
        config.Linux.Resources = resources;
        config.Mounts.Add(new Mount { ContainerPath = "/volume", HostPath = host.VolumeDirectory });
    }

    private static async Task<long> MemoryMiBAsync(PodContainer container) => long.Parse(await container.ShellAsync(TotalKiB), CultureInfo.InvariantCulture) / 1024;

    private static async Task<string[]> WhyAsync(CriHost host, Pod pod)
    {
        string text = (await Tool.RunAsync(Checkout.Skerry, ["why", pod.Id], host.EnvironmentVariables)).Ok().Output;
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
    }

    /// <summary>The processors to which threads of the VMM are bound alone, in order.</summary>
    private static string[] PinnedTo(CriHost host, Pod pod) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{Vmm(host, pod)}/task")
            .Select(thread => Field(Path.Combine(thread, "status"), "Cpus_allowed_list:"))
            .Where(cpus => cpus.All(char.IsAsciiDigit))
            .Order(StringComparer.Ordinal),
    ];

    // The guest's memory alone: an emulator's translated code grows meanwhile.
    private static long ResidentMiB(CriHost host, Pod pod) =>
        long.Parse(Field($"/proc/{Vmm(host, pod)}/status", "RssShmem:").Split(' ')[0], CultureInfo.InvariantCulture) / 1024;

    private static string Field(string file, string name) => File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();

    private static int Vmm(CriHost host, Pod pod)
    {
        using JsonDocument record = JsonDocument.Parse(File.ReadAllText(Path.Combine(host.StateDirectory, pod.Id, "state.json")));
        return record.RootElement.GetProperty("processes").EnumerateArray().First(process => process.GetProperty("role").GetString() == "vmm").GetProperty("pid").GetInt32();
    }
}
