using System.Text;
using System.Text.Json;
using Skerry.Agent.Boot;
using Skerry.Agent.Console;

namespace Skerry.Agent.Tests.Console;

public sealed class LogRingTests
{
    [Fact]
    public void OldLines_MakeRoomAndAreCounted()
    {
        var ring = new LogRing(10);
        foreach (string line in (string[])["aaaa\n", "bbbb\n", "cccc\n"])
        {
            ring.Append(Encoding.UTF8.GetBytes(line));
        }

        long next = 0;
        (IReadOnlyList<byte[]> lines, long lost, _) = ring.Take(ref next);

        Assert.Equal(1, lost);
        Assert.Equal(["bbbb\n", "cccc\n"], lines.Select(Encoding.UTF8.GetString));
        Assert.Equal(3, next);
    }

    [Fact]
    public async Task AReaderAtTheEnd_IsWokenByTheNextLine()
    {
        var ring = new LogRing(100);
        long next = 0;
        Task more = ring.Take(ref next).More;
        Assert.False(more.IsCompleted);

        ring.Append([(byte)'x', (byte)'\n']);

        await more.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Single(ring.Take(ref next).Lines);
        Assert.Empty(ring.Take(ref next).Lines);
    }

    [Fact]
    public void ALineLargerThanTheRing_IsDropped()
    {
        var ring = new LogRing(4);
        ring.Append(new byte[5]);
        long next = 0;
        Assert.Empty(ring.Take(ref next).Lines);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("agent.log=debug", 2)]
    [InlineData("agent.log_vport=0", 2)]
    public void TheConsole_GetsLittleUnlessAFaultIsLookedFor(string parameters, int lines)
    {
        AgentConfig config = AgentConfig.From(KernelParameters.Parse(parameters), null);
        var seen = new List<ReadOnlyMemory<byte>>();
        var logger = new AgentLogger(new LogRing(10_000), TimeProvider.System)
        {
            Threshold = config.LogLevel,
            ConsoleThreshold = config.ConsoleLevel,
            ConsoleSink = seen.Add,
        };

        Log.ModuleLoaded(logger, "never there");
        Log.Destroying(logger);
        Log.ChannelReset(logger);

        Assert.Equal(lines, seen.Count);
    }

    [Fact]
    public void ALogLine_IsOneJsonObjectWithItsFields()
    {
        var ring = new LogRing(10_000);
        var logger = new AgentLogger(ring, TimeProvider.System, "rpc");
        Log.OutOfMemory(logger, "c\"1\n\u0001");
        Log.ModuleLoaded(logger, "below the threshold");

        long next = 0;
        string line = Encoding.UTF8.GetString(Assert.Single(ring.Take(ref next).Lines));
        using JsonDocument json = JsonDocument.Parse(line);

        Assert.EndsWith("}\n", line, StringComparison.Ordinal);
        Assert.Equal("WARN", json.RootElement.GetProperty("level").GetString());
        Assert.Equal("rpc", json.RootElement.GetProperty("subsystem").GetString());
        Assert.Equal("c\"1\n\u0001", json.RootElement.GetProperty("Container").GetString());
        Assert.Contains("ran out of memory", json.RootElement.GetProperty("msg").GetString(), StringComparison.Ordinal);
    }
}
