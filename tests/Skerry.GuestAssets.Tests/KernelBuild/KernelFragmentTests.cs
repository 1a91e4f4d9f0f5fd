using Skerry.Core;
using Skerry.GuestAssets.KernelBuild;

namespace Skerry.GuestAssets.Tests.KernelBuild;

public sealed class KernelFragmentTests
{
    [Fact]
    public void OptionsAndComments_AreTold()
    {
        KernelFragment fragment = KernelFragment.Parse("a.conf", "# Why\nCONFIG_A=y\n\n# CONFIG_B is not set\nCONFIG_C=\"x y\"\nCONFIG_D=64\n");
        Assert.Equal(
            [new("A", "y", "a.conf:2"), new("B", "n", "a.conf:4"), new("C", "\"x y\"", "a.conf:5"), new KernelOptionRequest("D", "64", "a.conf:6")],
            fragment.Requests);
    }

    [Theory]
    [InlineData("COFNIG_A=y", "a.conf:1: \"COFNIG_A=y\"")]
    [InlineData("CONFIG_A", "a.conf:1: \"CONFIG_A\"")]
    [InlineData("CONFIG_A=", "a.conf:1: \"CONFIG_A=\"")]
    [InlineData("CONFIG_A=y\nCONFIG_A=n", "CONFIG_A=n (a.conf:2) contradicts CONFIG_A=y (a.conf:1)")]
    public void AFaultyLine_IsNamedWithItsPlace(string text, string expected)
    {
        var error = Assert.Throws<GuestAssetException>(() => KernelFragment.Parse("a.conf", text));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ContradictionWithinALayer_NamesBothPlaces()
    {
        var error = Assert.Throws<GuestAssetException>(() => Merge([("a.conf", "CONFIG_A=y"), ("b.conf", "# CONFIG_A is not set")]));
        Assert.Contains("CONFIG_A=n (b.conf:1) contradicts CONFIG_A=y (a.conf:1)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LaterLayer_Wins()
    {
        KernelFragmentSet set = Merge([("a.conf", "CONFIG_A=y\nCONFIG_B=y")], [("b.conf", "# CONFIG_A is not set")]);
        Assert.Equal(["CONFIG_A=n (b.conf:1)", "CONFIG_B=y (a.conf:2)"], set.Requests.Select(request => request.ToString()));
    }

    [Fact]
    public void Apply_TakesThePlaceOfWhatStandsThere()
    {
        string merged = Merge([("a.conf", "CONFIG_A=y\n# CONFIG_B is not set")]).ApplyTo("# CONFIG_A is not set\nCONFIG_B=y\nCONFIG_C=y\n");
        KernelConfig config = KernelConfig.Parse(merged);
        Assert.Equal(("y", "n", "y"), (config["A"], config["B"], config["C"]));
        Assert.Equal(1, merged.Split("CONFIG_A").Length - 1);
    }

    [Fact]
    public void Survival_NamesWhatWasDroppedUnknownAndForced()
    {
        KernelFragmentSet set = Merge([("a.conf", "CONFIG_KEPT=y\nCONFIG_DROPPED=y\nCONFIG_TYPO=y\n# CONFIG_FORCED is not set\n# CONFIG_GONE is not set\nCONFIG_NUMBER=64")]);
        IReadOnlyList<string> lost = KernelOptionSurvival.Compare(
            set.Requests,
            KernelConfig.Parse("CONFIG_KEPT=y\nCONFIG_FORCED=y\nCONFIG_NUMBER=8\n"),
            new HashSet<string> { "KEPT", "DROPPED", "FORCED", "NUMBER" });
        Assert.Equal(
            [
                "CONFIG_DROPPED=y (a.conf:2): became n, since what it depends on is not there or forbids it",
                "CONFIG_TYPO=y (a.conf:3): this kernel has no such option",
                "CONFIG_FORCED=n (a.conf:4): became y, since something else needs it",
                "CONFIG_NUMBER=64 (a.conf:6): became 8, since what it depends on is not there or forbids it",
            ],
            lost);
    }

    [Theory]
    [InlineData("config VIRTIO_FS", "VIRTIO_FS")]
    [InlineData("\tmenuconfig NET_9P", "NET_9P")]
    [InlineData("  config  ARM64 # comment", "ARM64")]
    [InlineData("config = y", null)]
    [InlineData("\tdefault y", null)]
    [InlineData("source \"fs/Kconfig\"", null)]
    public void KconfigLine_DeclaresItsOption(string line, string? name) => Assert.Equal(name, KconfigSymbols.NameIn(line));

    [Theory]
    [InlineData("default")]
    [InlineData("gpu")]
    [InlineData("gpu-intel")]
    [InlineData("debug")]
    [InlineData("hardened")]
    [InlineData("confidential")]
    public void EveryFlavour_Merges(string flavour)
    {
        KernelFragmentLibrary library = KernelFragmentLibrary.Open(null);
        Assert.Contains(flavour, library.Flavours);
        foreach (KernelArchitecture architecture in new[] { KernelArchitecture.X64, KernelArchitecture.Arm64 })
        {
            Assert.NotEmpty(library.Choose(architecture, flavour, null).Requests);
        }
    }

    [Fact]
    public void DefaultFlavour_HasWhatTheAgentNeeds()
    {
        KernelFragmentSet set = KernelFragmentLibrary.Open(null).Choose(KernelArchitecture.X64, "default", null);
        KernelConfig config = KernelConfig.Parse(set.ApplyTo(string.Empty));

        // Selected by others, so that no fragment can ask for them.
        string[] selected = ["CONFIG_VIRTIO (", "CONFIG_ACPI_HOTPLUG_CPU ("];
        var use = new KernelUse { EntersByPvh = true, Vsock = true, Grows = true, ReclaimsMemory = true };
        Assert.DoesNotContain(KernelNeeds.Missing(config, use), need => !selected.Any(each => need.StartsWith(each, StringComparison.Ordinal)));
        Assert.True(config.Has("VIRTIO_MEM"));
        Assert.Empty(KernelNeeds.MissingForSome(config, use));
        Assert.Equal("n", config["MODULES"]);
        Assert.Equal("y", config["IKCONFIG"]);
    }

    [Fact]
    public void UnknownFlavour_ErrorListsThoseThereAre()
    {
        var error = Assert.Throws<GuestAssetException>(() => KernelFragmentLibrary.Open(null).Choose(KernelArchitecture.X64, "tiny", null));
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Contains("default, confidential, debug, gpu", error.Hint, StringComparison.Ordinal);
    }

    private static KernelFragmentSet Merge(params (string Name, string Text)[][] layers) =>
        KernelFragmentSet.Merge([.. layers.Select(layer => (IReadOnlyList<KernelFragment>)[.. layer.Select(file => KernelFragment.Parse(file.Name, file.Text))])]);
}
