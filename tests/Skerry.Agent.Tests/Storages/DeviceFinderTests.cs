using System.Net.Sockets;
using Skerry.Agent.Storages;
using Skerry.Protocols;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Agent.Tests.Storages;

public sealed class DeviceFinderTests : IDisposable
{
    private readonly string _path = $"/dev/shm/skerry-device-{Guid.NewGuid():N}";
    private readonly Socket _unready = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    // open(2) of a socket fails as that of a disk whose file is there before the disk: ENXIO.
    public DeviceFinderTests() => _unready.Bind(new UnixDomainSocketEndPoint(_path));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _unready.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public async Task ADeviceThatCannotBeOpenedYet_IsWaitedFor()
    {
        Task<string> finding = new DeviceFinder(TimeSpan.FromSeconds(60)).FindBlockAsync(_path, Token);
        await Task.Delay(50, Token);
        Assert.False(finding.IsCompleted);
        File.Delete(_path);
        await File.WriteAllTextAsync(_path, string.Empty, Token);
        Assert.Equal(_path, await finding);
    }

    [Fact]
    public async Task ADeviceThatNeverOpens_IsAbsent()
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => new DeviceFinder(TimeSpan.FromMilliseconds(20)).FindBlockAsync(_path, Token));
        Assert.Equal(AgentStatus.DeviceAbsent, error.Code);
    }
}
