using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>One private state and data directory for the tests of a class.</summary>
public sealed class SkerryFixture : IAsyncLifetime
{
    private SkerryHost? _host;

    public async Task<SkerryHost> HostAsync() => _host ??= await SkerryHost.CreateAsync();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}
