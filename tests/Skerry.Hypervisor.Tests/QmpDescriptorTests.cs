using Skerry.Hypervisor.Qmp;
using Skerry.Linux;

namespace Skerry.Hypervisor.Tests;

/// <summary>Descriptors that go along with a monitor's command.</summary>
public sealed class QmpDescriptorTests
{
    [Fact]
    public async Task OnlyAUnixSocket_CarriesADescriptor()
    {
        using var monitor = new FakeMonitor();
        await using var session = new QmpSession(monitor.Client, _ => { });
        (FileDescriptor reading, FileDescriptor writing) = Pipes.Create();
        using (reading)
        using (writing)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() =>
                session.ExecuteAsync("getfd", TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken, null, reading));
        }
    }
}
