using System.Globalization;
using Skerry.SystemTests.Cri;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>What a pod may use and uses: the size of its machine, limits in the guest, lack of memory, statistics.</summary>
public sealed class CriResourceTests(CriFixture fixture) : IClassFixture<CriFixture>
{
    private const string Forever = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
    private const long MiB = 1024 * 1024;

    [Fact]
    public async Task ThePodsLimits_MakeTheMachine_HoldInTheGuest_AndCanBeExplained()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("sized", config => config.Linux.Resources = new Resources
        {
            CpuPeriod = 100_000,
            CpuQuota = 50_000,
            MemoryLimitInBytes = 100 * MiB,
        });
        PodContainer container = await pod.StartAsync("limited", ["sh", "-c", Forever], config => config.Linux.Resources = new Resources
        {
            CpuPeriod = 100_000,
            CpuQuota = 50_000,
            MemoryLimitInBytes = 64 * MiB,
        });
        string[] limits = (await container.ShellAsync("cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max; nproc; awk '/MemTotal/{print $2}' /proc/meminfo")).Split('\n');
        Assert.Equal(["67108864", "50000 100000", "2"], limits[..3]);
        Assert.InRange(long.Parse(limits[3], CultureInfo.InvariantCulture) / 1024, 256, 356);

        string why = (await Tool.RunAsync(Checkout.Skerry, ["why", container.Id[..13]], host.EnvironmentVariables)).Ok().Output;
        string[] lines = [.. why.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains(lines, line => line.StartsWith("vcpus +1 default_vcpus, from ", StringComparison.Ordinal) && line.Contains("configuration.toml:", StringComparison.Ordinal));
        Assert.Contains("vcpus +0.5 the pod's limit: quota 50000 of 100000 (annotation io.kubernetes.cri.sandbox-cpu-quota)", lines);
        Assert.Contains("vcpus +0.5 rounded up to whole processors", lines);
        Assert.Contains("vcpus = 2 what the machine has", lines);
        Assert.Contains("memory +100 MiB the pod's limit (annotation io.kubernetes.cri.sandbox-memory)", lines);
        Assert.Contains("memory = 356 MiB what the machine has", lines);

        await container.UpdateAsync(new Resources { CpuPeriod = 100_000, CpuQuota = 25_000, MemoryLimitInBytes = 80 * MiB });
        Assert.Equal("83886080\n25000 100000", await container.ShellAsync("cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max"));
        await CheckOutOfMemoryAsync(pod, container);
        await CheckStatisticsAsync(pod);
    }

    [Fact]
    public async Task ASizeThatCannotBe_OrAnAnnotationThatMayNot_IsRefusedWithNumbersAndNames()
    {
        CriHost host = await fixture.HostAsync();
        string small = await RefusalAsync(host, "small", config => config.Annotations.Add("io.katacontainers.config.hypervisor.default_memory", "40"));
        Assert.Contains("40 MiB of memory are too little", small);
        Assert.Contains("need at least", small);

        string large = await RefusalAsync(host, "large", config => config.Linux.Resources = new Resources { MemoryLimitInBytes = 4L * 1024 * 1024 * MiB });
        Assert.Contains("would have 4194560 MiB of memory, but the host has", large);
        Assert.Contains("256 MiB (default_memory, from", large);

        string denied = await RefusalAsync(host, "denied", config => config.Annotations.Add("io.katacontainers.config.hypervisor.machine_type", "q35"));
        Assert.Contains("\"machine_type\" is not enabled", denied);
        Assert.Contains("enable_annotations", denied);

        string unknown = await RefusalAsync(host, "unknown", config => config.Annotations.Add("io.katacontainers.config.hypervisor.default_vcpu", "2"));
        Assert.Contains("there is no such annotation", unknown);
        Assert.Contains("default_vcpus", unknown);
    }

    /// <summary>The error of a pod that cannot run, which leaves nothing.</summary>
    private static async Task<string> RefusalAsync(CriHost host, string name, Action<SandboxConfig> change)
    {
        CriException error = await Assert.ThrowsAsync<CriException>(() => host.RunPodAsync(name, change));
        await host.RemovedAsync(name);
        return error.Message;
    }

    private static async Task CheckOutOfMemoryAsync(Pod pod, PodContainer neighbour)
    {
        PodContainer hungry = await pod.StartAsync(
            "hungry", ["sh", "-c", "head -c 200000000 /dev/zero | tail | wc -c"], config => config.Linux.Resources.MemoryLimitInBytes = 32 * MiB);
        ContainerStatus ended = await hungry.ExitedAsync();
        Assert.Equal("OOMKilled", ended.Reason);
        Assert.Equal("alive", await neighbour.ShellAsync("echo alive"));

        PodContainer direct = await pod.StartAsync("direct", ["tail", "/dev/zero"], config => config.Linux.Resources.MemoryLimitInBytes = 32 * MiB);
        ended = await direct.ExitedAsync();
        Assert.Equal((137, "OOMKilled"), (ended.ExitCode, ended.Reason));
    }

    private static async Task CheckStatisticsAsync(Pod pod)
    {
        PodContainer burner = await pod.StartAsync("burner", ["sh", "-c", "while :; do :; done"], config => config.Linux.Resources = new Resources
        {
            CpuPeriod = 100_000,
            CpuQuota = 50_000,
            MemoryLimitInBytes = 64 * MiB,
        });

        // The guest counts what it gives: throttled periods say that the quota, not the host's load, bounds the burner.
        ContainerStats first = await burner.StatsAsync();
        ContainerStats later = first;
        const ulong Second = 1_000_000_000;
        await Eventually.TrueAsync(
            async () => (later = await burner.StatsAsync()).Cpu.UsageCoreNanoSeconds.Value >= first.Cpu.UsageCoreNanoSeconds.Value + (2 * Second),
            "the burner has used two seconds of processor time",
            TimeSpan.FromSeconds(120));
        double cores = (later.Cpu.UsageCoreNanoSeconds.Value - first.Cpu.UsageCoreNanoSeconds.Value) / (double)(later.Cpu.Timestamp - first.Cpu.Timestamp);
        Assert.InRange(cores, 0.05, 0.55);
        string[] counters = (await burner.ShellAsync("awk '/^nr_periods|^nr_throttled|^usage_usec/{print $2}' /sys/fs/cgroup/cpu.stat")).Split('\n');
        Assert.Equal(3, counters.Length);
        Assert.True(ulong.Parse(counters[2], CultureInfo.InvariantCulture) > 0, "the burner was never throttled");
        Assert.InRange(later.Memory.WorkingSetBytes.Value, 1UL, (ulong)(64 * MiB));

        PodSandboxStatsResponse sandbox = await pod.Host.CallAsync(
            "PodSandboxStats", new PodSandboxStatsRequest { PodSandboxId = pod.Id }, PodSandboxStatsResponse.Parser);
        Assert.True(
            sandbox.Stats.Linux.Memory.WorkingSetBytes.Value > later.Memory.WorkingSetBytes.Value, "the pod's numbers are the machine's, with its overhead");
        ListContainerStatsResponse all = await pod.Host.CallAsync("ListContainerStats", new ListContainerStatsRequest(), ListContainerStatsResponse.Parser);
        Assert.Contains(all.Stats, stats => stats.Attributes.Id == burner.Id);
    }
}
