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

    /// <summary>
    /// The counts see a pod: a test that finds nothing must be able to find something. They are lower when it has gone, not higher than before it
    /// came: what an earlier pod had may go in that time.
    /// </summary>
    [Fact]
    public async Task APodThatIsThere_IsSeenByTheCounts()
    {
        CriHost host = await fixture.HostAsync();
        string[] pods;
        IReadOnlyDictionary<string, int> with;
        await using (Pod pod = await host.RunPodAsync("seen"))
        {
            await pod.StartAsync("main", ["sleep", "1000"]);
            pods = [pod.Id];
            with = NodeCounts.Read(host, pods);
        }

        foreach (string name in (string[])["mounts", "network namespaces", "interfaces", "addresses given out", "cgroups", "processes", "entries of sandboxes", "snapshots", "sockets of shims"])
        {
            await Eventually.TrueAsync(() => NodeCounts.Read(host, pods)[name] < with[name], $"{name}: fewer than the {with[name]} with a pod");
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
