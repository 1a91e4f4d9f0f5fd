namespace Skerry.SystemTests.Hosts;

/// <summary>A container under containerd that sleeps until it is disposed.</summary>
public sealed class RunningContainer : IAsyncDisposable
{
    private readonly ContainerdHost _host;

    private RunningContainer(ContainerdHost host, string id)
    {
        _host = host;
        Id = id;
    }

    public string Id { get; }

    public static async Task<RunningContainer> StartAsync(ContainerdHost host, string id)
    {
        await host.StartContainerAsync(ContainerdHost.SkerryRuntime, id, [], "sleep", "1000");
        return new RunningContainer(host, id);
    }

    public async ValueTask DisposeAsync()
    {
        (await _host.CtrAsync("tasks", "delete", "-f", Id)).Ok();
        (await _host.CtrAsync("containers", "delete", Id)).Ok();
    }
}
