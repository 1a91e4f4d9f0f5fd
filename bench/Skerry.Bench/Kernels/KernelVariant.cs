using Skerry.Bench.Hosts;

namespace Skerry.Bench.Kernels;

/// <summary>One kernel in one form, with the guest image it boots with.</summary>
/// <param name="Name">As in "minimal vmlinux".</param>
/// <param name="Kernel">Its file.</param>
/// <param name="Initrd">The initramfs with the agent, and the modules this kernel needs.</param>
/// <param name="BareInitrd">The same with a C program in the agent's place.</param>
public sealed record KernelVariant(string Name, string Kernel, string Initrd, string BareInitrd)
{
    /// <summary>Debian's, as <c>skerry image build</c> unpacks it: what the others are compared with.</summary>
    public const string Reference = "Debian vmlinux";

    /// <summary>Builds the guest images of every kernel into <paramref name="directory"/>.</summary>
    public static async Task<IReadOnlyList<KernelVariant>> MakeAllAsync(SkerryHost host, string directory, CancellationToken cancellationToken)
    {
        string minimal = Path.Combine(Installation.MinimalKernels, "vmlinux");
        if (!File.Exists(minimal))
        {
            throw new InvalidOperationException($"{minimal} is not there; run: make kernel");
        }

        string debian = Path.Combine(directory, "debian");
        (await host.RunAsync(["image", "build", "--debian-kernel", "--cache", Installation.KernelCache, "--output", debian], cancellationToken)).Ok();
        string ours = Path.Combine(directory, "minimal");
        (await host.RunAsync(["image", "build", "--kernel", minimal, "--output", ours], cancellationToken)).Ok();
        string bareDebian = await BareOfAsync(debian, cancellationToken);
        string bareOurs = await BareOfAsync(ours, cancellationToken);
        var variants = new List<KernelVariant>
        {
            new(Reference, Path.Combine(debian, "vmlinux"), Path.Combine(debian, "initrd.img"), bareDebian),
            new("minimal bzImage", Path.Combine(Installation.MinimalKernels, "bzImage"), Path.Combine(ours, "initrd.img"), bareOurs),
            new("minimal vmlinux", minimal, Path.Combine(ours, "initrd.img"), bareOurs),
        };
        string boot = Path.Combine(Installation.KernelCache, "boot");
        if (Directory.Exists(boot) && Directory.EnumerateFiles(boot, "vmlinuz-*").FirstOrDefault() is { } packed)
        {
            variants.Insert(1, new KernelVariant("Debian bzImage", packed, Path.Combine(debian, "initrd.img"), bareDebian));
        }

        return variants;
    }

    private static async Task<string> BareOfAsync(string image, CancellationToken cancellationToken) => await Guests.BareInitrd.MakeAsync(
        Path.Combine(image, "initrd.img"), Directory.CreateDirectory(Path.Combine(image, "bare")).FullName, cancellationToken);
}
