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
        string all = $"{pod.Config.Linux.CgroupParent}/{pod.Id}";
        Assert.All(Parts(pod), process => Assert.Equal(all, HostProcesses.CpuCgroup($"/proc/{process}")));

        await container.UpdateAsync(new Resources { CpuPeriod = 100_000, CpuQuota = 25_000, MemoryLimitInBytes = 80 * MiB });
        Assert.Equal("83886080\n25000 100000", await container.ShellAsync("cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max"));
        await CheckOutOfMemoryAsync(pod, container);
        await CheckStatisticsAsync(pod);
    }

    [Fact]
    public async Task WithoutSandboxCgroupOnly_ThePodsCgroupHasTheGuestsWork_AndTheRestIsApart()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("apart", config => config.Annotations.Add("io.katacontainers.config.runtime.sandbox_cgroup_only", "false"));
        PodContainer container = await pod.StartAsync("main", ["sh", "-c", Forever]);
        string guests = $"{pod.Config.Linux.CgroupParent}/{pod.Id}";
        string rest = $"/skerry_overhead/{pod.Id}";
        int[] parts = Parts(pod);
        string[] threads = [.. HostProcesses.Threads(parts[0]).Select(HostProcesses.CpuCgroup)];
        if (CriHost.SplitsThreads)
        {
            // One virtual processor; its thread alone is the pod's.
            Assert.Equal(rest, HostProcesses.CpuCgroup($"/proc/{parts[0]}"));
            Assert.Single(threads, guests);
            Assert.Equal(threads.Length - 1, threads.Count(rest.Equals));
        }
        else
        {
            Assert.All(threads, thread => Assert.Equal(guests, thread));
        }

        Assert.All(parts[1..], process => Assert.Equal(rest, HostProcesses.CpuCgroup($"/proc/{process}")));
        Assert.Equal("alive", await container.ShellAsync("echo alive"));
        await pod.RemoveAsync();
    }

    [Fact]
    public async Task ASandbox_IsBoundOnTheHost_ToTheProcessorsOfItsContainers()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("bound");
        string machine = $"/proc/{Parts(pod)[0]}";
        string all = HostProcesses.AllowedProcessors(machine)!;
        PodContainer one = await pod.StartAsync("one", ["sh", "-c", Forever], config => config.Linux.Resources = new Resources { CpusetCpus = "0", CpusetMems = "0" });
        Assert.All(HostProcesses.Threads(Parts(pod)[0]).Select(HostProcesses.AllowedProcessors).OfType<string>(), allowed => Assert.Equal("0", allowed));

        PodContainer other = await pod.StartAsync("other", ["sh", "-c", Forever]);
        Assert.Equal(all, HostProcesses.AllowedProcessors(machine));
        await other.UpdateAsync(new Resources { CpusetCpus = "0" });
        Assert.Equal("0", HostProcesses.AllowedProcessors(machine));
        CriException refused = await Assert.ThrowsAsync<CriException>(() => other.UpdateAsync(new Resources { CpusetCpus = "4000" }));
        Assert.Contains("processors \"4000\" of the host, which has", refused.Message);
        Assert.Equal("0", HostProcesses.AllowedProcessors(machine));
        await one.UpdateAsync(new Resources { CpusetCpus = all });
        Assert.Equal(all, HostProcesses.AllowedProcessors(machine));

        await one.StopAsync();
        await Eventually.TrueAsync(() => Task.FromResult(HostProcesses.AllowedProcessors(machine) == "0"), "the sandbox has what is left", TimeSpan.FromSeconds(60));
        Assert.Equal("alive", await other.ShellAsync("echo alive"));
        await pod.RemoveAsync();
    }

    [Fact]
    public async Task ASizeThatCannotBe_OrAnAnnotationThatMayNot_IsRefusedWithNumbersAndNames()
    {
        CriHost host = await fixture.HostAsync();
        string small = await RefusalAsync(host, "small", config => config.Annotations.Add("io.katacontainers.config.hypervisor.default_memory", "40"));
        Assert.Contains("40 MiB of memory are too little", small);
        Assert.Matches("need at least \\d+ MiB", small);

        string large = await RefusalAsync(host, "large", config => config.Linux.Resources = new Resources { MemoryLimitInBytes = 4L * 1024 * 1024 * MiB });
        Assert.Contains("would have 4194560 MiB of memory, but the host has", large);
        Assert.Contains("256 MiB (default_memory, from", large);

        string denied = await RefusalAsync(host, "denied", config => config.Annotations.Add("io.katacontainers.config.hypervisor.default_max_vcpus", "4"));
        Assert.Contains("\"default_max_vcpus\" is not enabled", denied);
        Assert.Contains("enable_annotations", denied);

        string unknown = await RefusalAsync(host, "unknown", config => config.Annotations.Add("io.katacontainers.config.hypervisor.default_vcpu", "2"));
        Assert.Contains("there is no such annotation", unknown);
        Assert.Contains("default_vcpus", unknown);
    }

    /// <summary>The processes of a pod: VMM, shim, file daemon.</summary>
    private static int[] Parts(Pod pod) =>
        [.. ((string[])["qemu-system", "containerd-shim-skerry-v2", "virtiofsd"]).Select(program => HostProcesses.Find(program, pod.Id))];

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

        (ContainerStats later, double cores, double kept) = await BurnAsync(pod, burner);

        // Half a processor, to a tenth. What the host kept from the machine's threads, the burner cannot have used: on a busy host the lower bound gives way by that much.
        Assert.InRange(cores, 0.45 - Math.Max(0, kept - 0.02), 0.55);
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

    /// <summary>
    /// The cores a container used between two answers, and the part of that time for which threads of its machine were ready to run while
    /// the host ran something else.
    /// </summary>
    /// <remarks>
    /// Nothing is timed here: both numbers of a quotient come from the answers, the processor time that the guest counted and the moments of
    /// counting. The manager notes such a moment somewhere in its call, so the window grows until what the calls at its ends took is a small part
    /// of it, however slow they are. It is also many times the quota's period of 100 ms.
    /// </remarks>
    private static async Task<(ContainerStats Last, double Cores, double Kept)> BurnAsync(Pod pod, PodContainer burner)
    {
        const long ShortestNs = 5_000_000_000;
        const double MostTaken = 0.04;
        int machine = HostProcesses.Find("qemu-system", pod.Id);
        ulong waited = HostProcesses.WaitedNs(machine);
        (ContainerStats first, long firstTook) = await AskAsync(burner);
        (ContainerStats last, long took) = (first, firstTook);
        await Eventually.TrueAsync(
            async () =>
            {
                (last, took) = await AskAsync(burner);
                long window = last.Cpu.Timestamp - first.Cpu.Timestamp;
                return window >= ShortestNs && firstTook + took <= MostTaken * window;
            },
            "the window is long against the calls at its ends",
            TimeSpan.FromSeconds(300));
        double length = last.Cpu.Timestamp - first.Cpu.Timestamp;
        double cores = (last.Cpu.UsageCoreNanoSeconds.Value - first.Cpu.UsageCoreNanoSeconds.Value) / length;
        return (last, cores, (HostProcesses.WaitedNs(machine) - waited) / length);
    }

    private static async Task<(ContainerStats Stats, long TookNs)> AskAsync(PodContainer container)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        return (await container.StatsAsync(), clock.Elapsed.Ticks * 100);
    }
}
