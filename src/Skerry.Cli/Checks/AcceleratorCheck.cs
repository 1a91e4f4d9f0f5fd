using Skerry.Core;
using Skerry.Hypervisor;

namespace Skerry.Cli.Checks;

/// <summary>Which accelerator guests get, and why.</summary>
internal sealed class AcceleratorCheck() : HostCheck("accelerator")
{
    internal override Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken) => Task.FromResult(Check(subject));

    private CheckResult Check(CheckSubject subject)
    {
        try
        {
            AcceleratorDecision decision = new AcceleratorProbe().Decide(AcceleratorProbe.Parse(subject.Hypervisor.Accelerator), subject.Hypervisor.KernelFlavor);
            return decision.Accelerator == Accelerator.Kvm
                ? Passed($"kvm: {decision.Reason}")
                : Noted($"tcg (emulation, several times slower): {decision.Reason}", decision.Remedy);
        }
        catch (HypervisorException error)
        {
            return Failed(ErrorReport.OneLine(error), error.Hint ?? subject.SetBy("accelerator"));
        }
    }
}
