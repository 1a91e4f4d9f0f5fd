namespace Skerry.Agent.Tests;

public sealed class AgentVersionTests
{
    [Fact]
    public void TheVersion_IsTheAssemblys() => Assert.Equal(AgentVersion.Current, typeof(AgentVersion).Assembly.GetName().Version!.ToString(3));
}
