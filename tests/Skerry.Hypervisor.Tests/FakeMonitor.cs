using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Skerry.Linux;

namespace Skerry.Hypervisor.Tests;

/// <summary>The other end of a monitor connection, played by a test over a real socket.</summary>
internal sealed class FakeMonitor : IDisposable
{
    private readonly StreamReader _reader;
    private readonly Stream _stream;

    /// <param name="carriesDescriptors">The session's end is one that descriptors go through; what comes is dropped here.</param>
    internal FakeMonitor(bool carriesDescriptors = false)
    {
        if (carriesDescriptors)
        {
            (FileDescriptor ours, FileDescriptor theirs) = SocketPair.Create();
            (Client, _stream) = (new FdStream(ours), new FdStream(theirs));
            _reader = new StreamReader(_stream);
            return;
        }

        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = Path.Combine(Path.GetTempPath(), $"skerry-qmp-{Guid.NewGuid():N}");
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
        Client = new NetworkStream(client, ownsSocket: true);
        _stream = new NetworkStream(listener.Accept(), ownsSocket: true);
        _reader = new StreamReader(_stream);
    }

    /// <summary>The end that the session under test talks to.</summary>
    internal Stream Client { get; }

    internal void Send(string line) => _stream.Write(Encoding.UTF8.GetBytes(line + "\n"));

    internal void Greet() => Send("""{"QMP": {"version": {"qemu": {"major": 7, "minor": 2}}, "capabilities": []}}""");

    /// <summary>The next command as it came.</summary>
    internal async Task<JsonElement> ReceiveCommandAsync()
    {
        string line = await _reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new EndOfStreamException();
        return JsonDocument.Parse(line).RootElement;
    }

    /// <summary>The next command's name and id.</summary>
    internal async Task<(string Name, ulong Id)> ReceiveAsync()
    {
        JsonElement command = await ReceiveCommandAsync();
        return (command.GetProperty("execute").GetString()!, command.GetProperty("id").GetUInt64());
    }

    internal async Task AnswerAsync(string value = "{}")
    {
        (_, ulong id) = await ReceiveAsync();
        Send($$"""{"return": {{value}}, "id": {{id}}}""");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }
}
