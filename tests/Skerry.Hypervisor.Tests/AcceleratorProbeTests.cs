using Skerry.Core;

namespace Skerry.Hypervisor.Tests;

public sealed class AcceleratorProbeTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void NoDevice_MeansTcgAndSaysWhy()
    {
        AcceleratorDecision decision = new AcceleratorProbe(_scratch["kvm"]).Decide(Accelerator.Auto, "");
        Assert.Equal(Accelerator.Tcg, decision.Accelerator);
        Assert.Contains("ENOENT", decision.Reason, StringComparison.Ordinal);
        Assert.NotNull(decision.Remedy);
    }

    [Fact]
    public void KvmByName_FailsWhereItCannotWork()
    {
        var error = Assert.Throws<HypervisorException>(() => new AcceleratorProbe("/dev/null").Decide(Accelerator.Kvm, ""));
        Assert.Equal(FailureKind.HostDenied, error.Kind);
        Assert.Contains("not the KVM device", error.Message, StringComparison.Ordinal);
        Assert.Contains("auto", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void TcgByName_LooksAtNothing() =>
        Assert.Equal(Accelerator.Tcg, new AcceleratorProbe(_scratch["kvm"]).Decide(Accelerator.Tcg, "").Accelerator);

    [Theory]
    [InlineData("vmx", "", Accelerator.Kvm)]
    [InlineData("svm", "", Accelerator.Kvm)]
    [InlineData("nothing", "", Accelerator.Tcg)]
    [InlineData("nothing", "pvm", Accelerator.Kvm)]
    public void WorkingDevice_IsUsedOnlyForKernelsItRuns(string flag, string flavor, Accelerator expected)
    {
        Assert.SkipUnless(CanMakeMachines(), "this machine's /dev/kvm makes no virtual machine");
        File.WriteAllText(_scratch["cpuinfo"], $"processor\t: 0\nflags\t\t: fpu {flag} sse\n");
        AcceleratorDecision decision = new AcceleratorProbe("/dev/kvm", _scratch["cpuinfo"]).Decide(Accelerator.Auto, flavor);
        Assert.Equal(expected, decision.Accelerator);
    }

    [Theory]
    [InlineData("auto", Accelerator.Auto)]
    [InlineData("kvm", Accelerator.Kvm)]
    [InlineData("tcg", Accelerator.Tcg)]
    public void Names_AreThoseOfTheConfiguration(string name, Accelerator expected) => Assert.Equal(expected, AcceleratorProbe.Parse(name));

    [Fact]
    public void UnknownName_IsRefused() => Assert.Throws<HypervisorException>(() => AcceleratorProbe.Parse("hvf"));

    private bool CanMakeMachines()
    {
        File.WriteAllText(_scratch["all"], "flags: vmx\n");
        return new AcceleratorProbe("/dev/kvm", _scratch["all"]).Decide(Accelerator.Auto, "").Accelerator == Accelerator.Kvm;
    }
}
