using Skerry.Core;
using Skerry.GuestAssets;

namespace Skerry.Cli.Checks;

/// <summary>The guest kernel is there and can be booted without firmware.</summary>
internal sealed class KernelCheck() : HostCheck("guest kernel")
{
    internal override Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken) => Task.FromResult(Check(subject));

    private CheckResult Check(CheckSubject subject)
    {
        string path = subject.Hypervisor.Kernel;
        string remedy = $"make one with: skerry image build; or {subject.SetBy("kernel")}";
        if (!File.Exists(path))
        {
            return Failed($"there is no file {path}", remedy);
        }

        try
        {
            KernelDescription kernel = KernelInspector.Inspect(path);
            string what = $"{path}, {kernel.Format}, Linux {kernel.Version}";
            return kernel.Format == KernelFormat.Vmlinux && !kernel.HasPvhEntry
                ? Failed($"{what}, without a PVH entry", $"use a kernel built with CONFIG_PVH, or a bzImage; {subject.SetBy("kernel")}")
                : Passed(kernel.HasPvhEntry ? $"{what}, PVH entry" : what);
        }
        catch (GuestAssetException error)
        {
            return Failed(ErrorReport.OneLine(error), remedy);
        }
    }
}
