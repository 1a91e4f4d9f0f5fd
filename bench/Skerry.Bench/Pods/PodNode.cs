using Skerry.Bench.Hosts;
using Skerry.SystemTests.Cri;
using Skerry.SystemTests.Hosts;

namespace Skerry.Bench.Pods;

/// <summary>The node that pods of both runtimes run on, and its account of processor time.</summary>
public sealed class PodNode : IAsyncDisposable
{
    private static readonly string[] s_shims = ["containerd-shim-skerry-v2", "containerd-shim-runc-v2"];
    private readonly CriHost _host;
    private int _count;

    private PodNode(CriHost host)
    {
        _host = host;
        Account = new ProcessorAccount(host);
    }

    public CriHost Host => _host;

    public ProcessorAccount Account { get; }

    public static async Task<PodNode> StartAsync() => new(await CriHost.StartAsync());

    /// <summary>Runs a pod without containers, which is RunPodSandbox.</summary>
    /// <param name="handler">The runtime handler, of <see cref="CriHost"/>.</param>
    public Task<Pod> RunAsync(string handler) => _host.RunPodAsync($"{handler}-{Interlocked.Increment(ref _count)}", handler: handler);

    /// <summary>CreateContainer and StartContainer of a container that waits.</summary>
    public static Task<PodContainer> StartContainerAsync(Pod pod) => pod.StartAsync("main", ["sleep", "1000000"]);

    /// <summary>The host's processes of a pod: its shim and all below, which is machine and file daemon, or pause and container.</summary>
    public static IReadOnlyList<int> ProcessesOf(Pod pod) =>
        [.. s_shims.SelectMany(shim => HostProcesses.Find(shim, pod.Id)).SelectMany(HostProcesses.TreeOf).Distinct()];

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _host.DisposeAsync();
        }
        finally
        {
            Account.Dispose();
        }
    }
}
