using System.Runtime.InteropServices;
using Skerry.Core;
using Skerry.GuestAssets;
using Skerry.GuestAssets.KernelBuild;

namespace Skerry.Cli.Checks;

/// <summary>The guest kernel is there, is for this machine, can be booted without firmware, and has what the agent needs.</summary>
internal sealed class KernelCheck() : HostCheck("guest kernel")
{
    internal override async Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken)
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
            return CheckKind(subject, path, kernel) ?? await CheckOptionsAsync(subject, path, kernel, cancellationToken).ConfigureAwait(false);
        }
        catch (GuestAssetException error)
        {
            return Failed(ErrorReport.OneLine(error), remedy);
        }
    }

    private CheckResult? CheckKind(CheckSubject subject, string path, KernelDescription kernel)
    {
        string host = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64";
        if (kernel.Architecture.Length > 0 && kernel.Architecture != host)
        {
            return Failed($"{path} is for {kernel.Architecture}, and this machine is {host}", $"use a kernel for {host}; {subject.SetBy("kernel")}");
        }

        return kernel.Format == KernelFormat.Vmlinux && !kernel.HasPvhEntry
            ? Failed($"{Describe(path, kernel)}, without a PVH entry", $"use a kernel built with CONFIG_PVH, or a bzImage; {subject.SetBy("kernel")}")
            : null;
    }

    private async Task<CheckResult> CheckOptionsAsync(CheckSubject subject, string path, KernelDescription kernel, CancellationToken cancellationToken)
    {
        string what = kernel.HasPvhEntry ? $"{Describe(path, kernel)}, PVH entry" : Describe(path, kernel);
        if (await KernelConfigReader.FindAsync(path, cancellationToken).ConfigureAwait(false) is not { } config)
        {
            return Passed($"{what}; it does not tell its configuration");
        }

        var use = new KernelUse
        {
            MachineType = subject.Hypervisor.MachineType ?? string.Empty,
            EntersByPvh = kernel.Format == KernelFormat.Vmlinux,
            RootFileSystem = subject.Hypervisor.Initrd is null ? subject.Hypervisor.RootfsType : null,
            Verity = subject.Hypervisor is { Initrd: null, KernelVerityParams: not null },
        };
        IReadOnlyList<string> missing = KernelNeeds.Missing(config, use);
        IReadOnlyList<string> late = KernelNeeds.OnlyAsModule(config, use);
        string remedy = $"build one that has it: skerry kernel install; or {subject.SetBy("kernel")}";
        if (missing.Count > 0)
        {
            return Failed($"{what}, lacks {string.Join(", ", missing)}", remedy);
        }

        return late.Count > 0
            ? Failed($"{what}, has only as a module what it needs before it can load one: {string.Join(", ", late)}", remedy)
            : Passed($"{what}, has what the agent needs");
    }

    private static string Describe(string path, KernelDescription kernel) => $"{path}, {kernel.Format}, Linux {kernel.Version}";
}
