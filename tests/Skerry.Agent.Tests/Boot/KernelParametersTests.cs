using Skerry.Agent.Console;
using Skerry.Agent.Boot;

namespace Skerry.Agent.Tests.Boot;

public sealed class KernelParametersTests
{
    [Fact]
    public void QuotedValues_KeepTheirBlanks()
    {
        KernelParameters parameters = KernelParameters.Parse("console=hvc0 agent.note=\"two words\" \"agent.other=a b\" last\n");

        Assert.Equal("two words", parameters.Value("agent.note"));
        Assert.Equal("a b", parameters.Value("agent.other"));
        Assert.True(parameters.Flag("last"));
        Assert.False(parameters.Flag("console"));
    }

    [Fact]
    public void TheLastOfTwoValues_Wins() =>
        Assert.Equal("debug", KernelParameters.Parse("agent.log=info agent.log=debug").Value("agent.log"));

    [Fact]
    public void AgentParameters_BecomeTheConfiguration()
    {
        AgentConfig config = AgentConfig.From(
            KernelParameters.Parse("quiet agent.log=debug agent.log_vport=0 agent.debug_console agent.debug_console_vport=2026 agent.hotplug_timeout=7"), null);

        Assert.Equal(LogLevel.Debug, config.LogLevel);
        Assert.Equal(0u, config.LogPort);
        Assert.True(config.DebugConsole);
        Assert.Equal(2026u, config.DebugConsolePort);
        Assert.Equal(TimeSpan.FromSeconds(7), config.HotplugTimeout);
        Assert.Null(config.ServerAddress);
    }

    [Fact]
    public void NonsenseValues_LeaveTheDefaults()
    {
        AgentConfig config = AgentConfig.From(KernelParameters.Parse("agent.log=loud agent.log_vport=-1 agent.hotplug_timeout=0 agent.debug_console=no"), null);

        Assert.Equal(new AgentConfig(), config);
    }

    [Fact]
    public void TheEnvironment_WinsOverTheKernelForTheAddress() =>
        Assert.Equal("unix:///b", AgentConfig.From(KernelParameters.Parse("agent.server_addr=unix:///a"), "unix:///b").ServerAddress);

    [Theory]
    [InlineData("/lib/modules/virtiofs.ko.xz", "/lib/modules/virtiofs.ko.xz", "")]
    [InlineData("  /m/a.ko   debug=1 x=2  # why", "/m/a.ko", "debug=1 x=2")]
    public void AModuleLine_IsPathAndParameters(string line, string path, string parameters)
    {
        Assert.True(ModuleLoader.TryParse(line, out string foundPath, out string foundParameters));
        Assert.Equal((path, parameters), (foundPath, foundParameters));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   # only a comment")]
    public void AModuleLineWithoutAPath_IsPassedOver(string line) => Assert.False(ModuleLoader.TryParse(line, out _, out _));

    [Fact]
    public void TheChannelPort_IsFoundByItsName()
    {
        DirectoryInfo ports = Directory.CreateTempSubdirectory("skerry-ports-");
        try
        {
            File.WriteAllText(ports.CreateSubdirectory("vport0p1").FullName + "/name", "org.qemu.guest_agent.0\n");
            File.WriteAllText(ports.CreateSubdirectory("vport1p1").FullName + "/name", "skerry.channel0\n");

            Assert.Equal("/dev/vport1p1", ChannelPort.Find("skerry.channel0", ports.FullName));
            Assert.Null(ChannelPort.Find("skerry.channel1", ports.FullName));
            Assert.Null(ChannelPort.Find("skerry.channel0", ports.FullName + "/none"));
        }
        finally
        {
            ports.Delete(recursive: true);
        }
    }
}
