using Skerry.Agent.Processes;

namespace Skerry.Agent.Tests.Processes;

public sealed class EnvironmentBlockTests
{
    [Fact]
    public void TheLastOfTwoEntries_WinsInTheFirstsPlace() =>
        Assert.Equal(["A=2", "B=x=y", "HOME=/root"], EnvironmentBlock.Build(["A=1", "B=x=y", "A=2"], "/root"));

    [Fact]
    public void AnEmptyHome_IsFilledIn() => Assert.Equal(["A=1", "HOME=/h"], EnvironmentBlock.Build(["HOME=", "A=1"], "/h"));

    [Fact]
    public void AHomeOfItsOwn_IsKept() => Assert.Equal(["HOME=/mine"], EnvironmentBlock.Build(["HOME=/mine"], "/h"));

    [Fact]
    public void EntriesWithoutAName_AreDropped() => Assert.Equal(["HOME=/"], EnvironmentBlock.Build(["=x", "plain", ""], "/"));

    [Fact]
    public void Find_TellsEmptyFromMissing()
    {
        Assert.Equal(string.Empty, EnvironmentBlock.Find(["PATH="], "PATH"));
        Assert.Null(EnvironmentBlock.Find(["PATHS=/bin"], "PATH"));
    }
}
