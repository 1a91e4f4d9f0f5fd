using Skerry.Agent.Guest;

namespace Skerry.Agent.Tests.Guest;

public sealed class NetworkCountersTests
{
    private const string Text = """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
            lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
          eth0: 123456789012 22    3    4    5     6          7         8     9000      10   11   12   13    14      15         16
        """;

    [Fact]
    public void EveryInterface_HasItsCounters()
    {
        var counters = NetworkCounters.Parse(Text);

        Assert.Equal(["lo", "eth0"], counters.Select(c => c.Name));
        Assert.Equal((123456789012ul, 22ul, 3ul, 4ul), (counters[1].RxBytes, counters[1].RxPackets, counters[1].RxErrors, counters[1].RxDropped));
        Assert.Equal((9000ul, 10ul, 11ul, 12ul), (counters[1].TxBytes, counters[1].TxPackets, counters[1].TxErrors, counters[1].TxDropped));
    }

    [Fact]
    public void ShortLines_ArePassedOver() => Assert.Empty(NetworkCounters.Parse("eth0: 1 2 3\n\n"));

    [Fact]
    public void MetricsText_DeclaresAFamilyOnceAndEscapesLabels()
    {
        string text = new MetricsText()
            .Gauge("a", "help.", 1.5, ("item", "x\"y"))
            .Gauge("a", "help.", 2, ("item", "z"))
            .Counter("b_total", "More.", 3)
            .ToString();

        Assert.Equal(
            "# HELP a help.\n# TYPE a gauge\na{item=\"x\\\"y\"} 1.5\na{item=\"z\"} 2\n# HELP b_total More.\n# TYPE b_total counter\nb_total 3\n", text);
    }

    [Fact]
    public void ProcFields_ReadBothLayouts()
    {
        var fields = ProcFile.Fields("MemTotal:  2048 kB\noom_kill 3\nName:\tskerry\n");

        Assert.Equal((2048ul, 3ul), (fields["MemTotal"], fields["oom_kill"]));
        Assert.False(fields.ContainsKey("Name"));
    }
}
