using System.Runtime.InteropServices;
using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>A processor architecture that a guest kernel can be built for.</summary>
public sealed class KernelArchitecture
{
    private KernelArchitecture(string name, string makeName, string imageTarget, string imageDirectory, string crossPrefix, string crossPackage)
    {
        Name = name;
        MakeName = makeName;
        ImageTarget = imageTarget;
        ImagePath = Path.Combine(imageDirectory, imageTarget);
        CrossPrefix = crossPrefix;
        CrossPackage = crossPackage;
    }

    /// <summary>64-bit PCs.</summary>
    public static KernelArchitecture X64 { get; } = new("x86_64", "x86_64", "bzImage", "arch/x86/boot", "x86_64-linux-gnu-", "gcc-x86-64-linux-gnu");

    /// <summary>64-bit ARM. Its kernels are built but were never booted by us.</summary>
    public static KernelArchitecture Arm64 { get; } = new("aarch64", "arm64", "Image", "arch/arm64/boot", "aarch64-linux-gnu-", "gcc-aarch64-linux-gnu");

    /// <summary>The architecture of this machine.</summary>
    public static KernelArchitecture OfThisMachine => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? Arm64 : X64;

    /// <summary>As uname -m says it.</summary>
    public string Name { get; }

    /// <summary>As the kernel's build calls it (ARCH=).</summary>
    internal string MakeName { get; }

    /// <summary>What is made besides vmlinux, for VMMs that cannot enter that.</summary>
    internal string ImageTarget { get; }

    /// <summary>Where the build leaves it.</summary>
    internal string ImagePath { get; }

    /// <summary>What the programs of the cross compiler begin with.</summary>
    internal string CrossPrefix { get; }

    /// <summary>Debian's package of the cross compiler.</summary>
    internal string CrossPackage { get; }

    /// <summary>What this machine's build programs begin with when they build for this architecture; empty for its own.</summary>
    internal string ToolPrefix => this == OfThisMachine ? string.Empty : CrossPrefix;

    /// <summary>Reads a name as users give it: x86_64, amd64, aarch64, arm64.</summary>
    /// <exception cref="GuestAssetException">InvalidArgument for any other.</exception>
    public static KernelArchitecture Parse(string name) => name switch
    {
        "x86_64" or "amd64" => X64,
        "aarch64" or "arm64" => Arm64,
        _ => throw new GuestAssetException(FailureKind.InvalidArgument, $"no guest kernel can be built for \"{name}\"", "use x86_64 or aarch64"),
    };
}
