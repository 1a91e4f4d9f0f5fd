using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>One containerd with its CRI for the tests of a class.</summary>
public sealed class CriFixture : IAsyncLifetime
{
    private CriHost? _host;

    public async Task<CriHost> HostAsync()
    {
        Checkout.RequireNode();
        return _host ??= await CriHost.StartAsync();
    }

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
