namespace Skerry.Linux.Tests;

public sealed class SignalsTests
{
    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("term", 15)]
    [InlineData("15", 15)]
    [InlineData("SIGKILL", 9)]
    [InlineData("hup", 1)]
    [InlineData("SYS", 31)]
    [InlineData("SIGIOT", 6)]
    [InlineData("RTMIN", 34)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("RTMAX-1", 63)]
    [InlineData("64", 64)]
    public void EverySpelling_GivesTheNumber(string text, int expected)
    {
        Assert.True(Signals.TryParse(text, out int signal));
        Assert.Equal(expected, signal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-9")]
    [InlineData("SIGNOPE")]
    [InlineData("SIG")]
    [InlineData("RTMIN+99")]
    [InlineData("RTMIN-1")]
    [InlineData("RTWHAT")]
    public void NoSignal_IsRefused(string? text) => Assert.False(Signals.TryParse(text, out _));

    [Fact]
    public void Names_RoundTripForEveryNumberThatHasOne()
    {
        foreach (int signal in Enumerable.Range(1, 31).Concat(Enumerable.Range(34, 31)))
        {
            Assert.StartsWith("SIG", Signals.NameOf(signal), StringComparison.Ordinal);
            Assert.True(Signals.TryParse(Signals.NameOf(signal), out int parsed));
            Assert.Equal(signal, parsed);
        }

        Assert.Equal("32", Signals.NameOf(32));
    }
}
