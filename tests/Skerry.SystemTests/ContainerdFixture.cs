using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>One containerd for the tests of a class.</summary>
public sealed class ContainerdFixture : IAsyncLifetime
{
    private ContainerdHost? _host;

    public async Task<ContainerdHost> HostAsync() => _host ??= await ContainerdHost.StartAsync();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
            await _host.Leftovers.AssertNoneAsync();
        }
    }
}
