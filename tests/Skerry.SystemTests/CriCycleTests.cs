using Skerry.SystemTests.Cri;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>Pods that come and go leave a node as they found it. <c>eng/bench.sh pods</c> does the same 200 times, and watches memory too.</summary>
public sealed class CriCycleTests(CriFixture fixture) : IClassFixture<CriFixture>
{
    private const int Cycles = 5;

    [Fact]
    public async Task PodsThatComeAndGo_LeaveEveryCountAsItWas()
    {
        CriHost host = await fixture.HostAsync();
        var pods = new List<string>();

        // The first makes what stays: bridge, connections of containerd.
        await CycleAsync(host, pods);
        IReadOnlyDictionary<string, int> before = NodeCounts.Read(host, pods);
        for (int cycle = 0; cycle < Cycles; cycle++)
        {
            await CycleAsync(host, pods);
        }

        Assert.Empty(NodeCounts.Grown(before, await NodeCounts.SettleAsync(host, pods, before)));
    }

    /// <summary>The counts see a pod: a test that finds nothing must be able to find something.</summary>
    [Fact]
    public async Task APodThatIsThere_IsSeenByTheCounts()
    {
        CriHost host = await fixture.HostAsync();
        IReadOnlyDictionary<string, int> before = NodeCounts.Read(host, []);
        await using Pod pod = await host.RunPodAsync("seen");
        await pod.StartAsync("main", ["sleep", "1000"]);
        IReadOnlyDictionary<string, int> now = NodeCounts.Read(host, [pod.Id]);
        foreach (string name in (string[])["mounts", "network namespaces", "interfaces", "addresses given out", "cgroups", "processes", "entries of sandboxes", "snapshots", "sockets of shims"])
        {
            Assert.True(now[name] > before[name], $"{name}: {before[name]} before the pod, {now[name]} with it");
        }
    }

    private static async Task CycleAsync(CriHost host, List<string> pods)
    {
        await using Pod pod = await host.RunPodAsync($"cycle-{pods.Count}");
        pods.Add(pod.Id);
        PodContainer container = await pod.StartAsync("main", ["sleep", "1000"]);
        Assert.Equal("alive", await container.ShellAsync("echo alive"));
    }
}
