using Skerry.Agent.Boot;

namespace Skerry.Agent.Tests.Boot;

public sealed class ModuleIndexTests
{
    private static readonly ModuleIndex Index = ModuleIndex.Parse(
    [
        "llc -",
        "stp llc",
        "bridge stp,llc,built_in rtnl-link-bridge",
        "xt_MASQUERADE - ipt_MASQUERADE ip6t_MASQUERADE",
        "round robin",
        "robin round",
        "",
        "alone",
    ]);

    [Theory]
    [InlineData("bridge", "llc stp bridge")]
    [InlineData("rtnl-link-bridge", "llc stp bridge")]
    [InlineData("rtnl_link_bridge", "llc stp bridge")]
    [InlineData("ipt_MASQUERADE", "xt_MASQUERADE")]
    [InlineData("xt-MASQUERADE", "xt_MASQUERADE")]
    [InlineData("round", "robin round")]
    [InlineData("alone", "")]
    [InlineData("../../evil", "")]
    [InlineData("", "")]
    public void AName_LeadsToItsModulesInOrder(string asked, string expected) => Assert.Equal(expected, string.Join(' ', Index.LoadOrder(asked)));

    [Theory]
    [InlineData("/lib/modules/modprobe", true)]
    [InlineData("modprobe", true)]
    [InlineData("/init", false)]
    [InlineData("/usr/bin/skerry-agent", false)]
    public void TheAgent_IsModprobeByName(string program, bool expected) => Assert.Equal(expected, Modprobe.IsCalledAs(program));
}
