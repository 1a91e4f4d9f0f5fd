using System.Text;
using Skerry.Hypervisor.Qmp;

namespace Skerry.Hypervisor.Tests;

public sealed class QmpCodecTests
{
    [Fact]
    public void Command_IsOneLine()
    {
        byte[] line = QmpCodec.Command("device_add", 7, writer => writer.WriteString("driver", "virtio\nblk"));
        Assert.Equal("""{"execute":"device_add","id":7,"arguments":{"driver":"virtio\nblk"}}""" + "\n", Encoding.UTF8.GetString(line));
        Assert.Equal("""{"execute":"quit","id":8}""" + "\n", Encoding.UTF8.GetString(QmpCodec.Command("quit", 8, null)));
    }

    [Fact]
    public void Messages_AreToldApart()
    {
        Assert.Equal(QmpMessageKind.Greeting, Parse("""{"QMP": {"version": {"qemu": {"major": 7}}, "capabilities": ["oob"]}}""").Kind);
        QmpMessage returned = Parse("""{"return": {"running": true}, "id": 3}""");
        Assert.Equal((QmpMessageKind.Return, 3UL), (returned.Kind, returned.Id));
        Assert.True(returned.Value.GetProperty("running").GetBoolean());
        QmpMessage error = Parse("""{"id": 4, "error": {"class": "GenericError", "desc": "no such device"}}""");
        Assert.Equal((QmpMessageKind.Error, 4UL, "GenericError", "no such device"), (error.Kind, error.Id, error.Name, error.Text));
        QmpMessage happened = Parse("""{"timestamp": {"seconds": 1}, "event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}""");
        Assert.Equal((QmpMessageKind.Event, "SHUTDOWN"), (happened.Kind, happened.Name));
        Assert.Equal("guest-reset", new QmpEvent(happened.Name, happened.Value).Text("reason"));
        Assert.Equal(string.Empty, new QmpEvent(happened.Name, happened.Value).Text("guest"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"error\": 5}")]
    [InlineData("{\"return\"")]
    [InlineData("{\"event\": \"\\ud800\"}")]
    [InlineData("{\"return\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}")]
    public void Rubbish_IsRefused(string line) => Assert.Throws<InvalidDataException>(() => Parse(line));

    [Theory]
    [InlineData("""{"return": 1, "id": "text"}""")]
    [InlineData("""{"return": 1, "id": -1}""")]
    [InlineData("""{"return": 1, "id": 1.5}""")]
    [InlineData("""{"return": 1, "id": 99999999999999999999999}""")]
    public void StrangeId_IsNobodys(string line) => Assert.Null(Parse(line).Id);

    [Fact]
    public async Task Lines_AreCutWhereverTheReadsFall()
    {
        byte[] bytes = Encoding.ASCII.GetBytes($"first\r\n\n{new string('x', 5000)}\nunfinished");
        for (int chunk = 1; chunk < 3000; chunk += 97)
        {
            var lines = new QmpLineReader(new ChunkStream(bytes, chunk));
            var read = new List<string>();
            while (await lines.ReadAsync(TestContext.Current.CancellationToken) is { } line)
            {
                read.Add(Encoding.ASCII.GetString(line.Span));
            }

            Assert.Equal(["first", "", new string('x', 5000)], read);
        }
    }

    [Fact]
    public async Task EndlessLine_IsRefusedAtTheLimit()
    {
        var stream = new ChunkStream(new byte[QmpCodec.MaxLineBytes * 4], 4096);
        var lines = new QmpLineReader(stream);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await lines.ReadAsync(TestContext.Current.CancellationToken));
        Assert.True(stream.Taken <= QmpCodec.MaxLineBytes * 2);
    }

    private static QmpMessage Parse(string line) => QmpCodec.Parse(Encoding.UTF8.GetBytes(line));

    private sealed class ChunkStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        internal int Taken { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = Read(buffer.Span[..Math.Min(chunk, buffer.Length)]);
            Taken += read;
            return ValueTask.FromResult(read);
        }
    }
}
