using System.Runtime.InteropServices;
using Skerry.Config;
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

        KernelUse use = UseOf(subject, kernel);
        IReadOnlyList<string> missing = KernelNeeds.Missing(config, use);
        IReadOnlyList<string> late = KernelNeeds.OnlyAsModule(config, use);
        string remedy = $"build one that has it: skerry kernel install; or {subject.SetBy("kernel")}";
        if (missing.Count > 0)
        {
            return Failed($"{what}, lacks {string.Join(", ", missing)}", remedy);
        }

        if (late.Count > 0)
        {
            return Failed($"{what}, has only as a module what it needs before it can load one: {string.Join(", ", late)}", remedy);
        }

        IReadOnlyList<string> some = KernelNeeds.MissingForSome(config, use);
        return some.Count > 0
            ? Noted($"{what}, has what the agent needs, but lacks what some containers need: {string.Join(", ", some)}", remedy)
            : Passed($"{what}, has what the agent needs");
    }

    /// <summary>What is configured decides what must be there. A machine that grows is a q35 when no type is set.</summary>
    private static KernelUse UseOf(CheckSubject subject, KernelDescription kernel)
    {
        HypervisorConfig hypervisor = subject.Hypervisor;
        bool grows = !subject.Configuration.Config.Runtime.StaticSandboxResourceMgmt;
        return new KernelUse
        {
            MachineType = hypervisor.MachineType ?? (grows ? "q35" : string.Empty),
            EntersByPvh = kernel.Format == KernelFormat.Vmlinux,
            RootFileSystem = hypervisor.Initrd is null ? hypervisor.RootfsType : null,
            Verity = hypervisor is { Initrd: null, KernelVerityParams: not null },
            Grows = grows,
            VirtioMem = grows && hypervisor.EnableVirtioMem,
            ReclaimsMemory = hypervisor.ReclaimGuestFreedMemory,
        };
    }

    private static string Describe(string path, KernelDescription kernel) => $"{path}, {kernel.Format}, Linux {kernel.Version}";
}
