using Skerry.Agent.Processes;

namespace Skerry.Agent.Tests.Processes;

public sealed class SignalDispositionTests
{
    [Theory]
    [InlineData("SigCgt:\t0000000000004000", true)]
    [InlineData("SigCgt:\t0000000000000000", false)]
    [InlineData("SigIgn:\t0000000000004000\nSigCgt:\t0000000180000000\n", false)]
    [InlineData("", true)]
    public void OnlyAHandler_Counts(string status, bool caught) => Assert.Equal(caught, SignalDisposition.IsCaught(status, 15));
}
