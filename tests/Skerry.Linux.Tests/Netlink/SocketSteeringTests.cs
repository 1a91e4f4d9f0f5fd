using System.Net;
using System.Net.Sockets;
using Skerry.Linux.Netlink;

namespace Skerry.Linux.Tests.Netlink;

public sealed class SocketSteeringTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestNamespace _pod = new();
    private readonly Socket _listener;

    public SocketSteeringTests()
    {
        _pod.Netlink.SetUp(_pod["lo"].Index);
        _listener = Listen(IPAddress.Loopback);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _pod.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1", 80)]
    [InlineData("127.1.2.3", 8080)]
    public async Task AConnectionToAnyPortOfTheLoopback_ArrivesAtTheListener_UnderTheNamedAddress(string address, int port)
    {
        using SocketSteering steering = SocketSteering.Start(_pod.Descriptor, _listener.SafeHandle);
        using Socket client = Connect(IPAddress.Parse(address), port);
        using Socket accepted = await _listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), accepted.LocalEndPoint);
    }

    [Fact]
    public void AnotherAddress_IsLookedUpAsEver()
    {
        _pod.Netlink.AddAddress(new InterfaceAddress(_pod["lo"].Index, IPAddress.Parse("10.9.0.1"), 32));
        using SocketSteering steering = SocketSteering.Start(_pod.Descriptor, _listener.SafeHandle);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => Connect(IPAddress.Parse("10.9.0.1"), 80)).SocketErrorCode);
        using Socket other = Listen(IPAddress.Parse("10.9.0.1"));
        using Socket client = Connect(IPAddress.Parse("10.9.0.1"), ((IPEndPoint)other.LocalEndPoint!).Port);
        Assert.True(client.Connected);
    }

    [Fact]
    public void AfterItsEnd_NothingIsLedAnyMore()
    {
        SocketSteering.Start(_pod.Descriptor, _listener.SafeHandle).Dispose();
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => Connect(IPAddress.Loopback, 80)).SocketErrorCode);
    }

    [Fact]
    public void WhatIsNoNetworkNamespace_IsRefused()
    {
        using FileDescriptor file = FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY);
        Assert.Throws<SyscallException>(() => SocketSteering.Start(file, _listener.SafeHandle));
    }

    private Socket Listen(IPAddress address) => NetworkNamespace.Run(_pod.Descriptor, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen(16);
        return socket;
    });

    private Socket Connect(IPAddress address, int port) => NetworkNamespace.Run(_pod.Descriptor, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(address, port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });
}
