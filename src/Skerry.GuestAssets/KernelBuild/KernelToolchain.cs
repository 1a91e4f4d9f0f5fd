using System.Text;
using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>The programs and headers that a kernel's build needs, all of Debian.</summary>
internal static class KernelToolchain
{
    /// <summary>Fails with everything that is missing at once, and the command that installs it.</summary>
    /// <exception cref="GuestAssetException">HostDenied.</exception>
    internal static void Demand(KernelArchitecture architecture, KernelFragmentSet? fragments)
    {
        string prefix = architecture.ToolPrefix;
        string compilerPackage = prefix.Length == 0 ? "gcc" : architecture.CrossPackage;
        var needs = new List<(string What, string Package)>
        {
            ("make", "make"), (prefix + "gcc", compilerPackage), (prefix + "ld", compilerPackage), (prefix + "strip", compilerPackage),
            ("flex", "flex"), ("bison", "bison"), ("bc", "bc"), ("lz4c", "lz4"), ("tar", "tar"), ("xz", "xz-utils"), ("patch", "patch"),
            ("/usr/include/gelf.h", "libelf-dev"), ("/usr/include/openssl/opensslv.h", "libssl-dev"),
        };
        if (fragments?.Requests.Any(request => request is { Name: "DEBUG_INFO_BTF", Value: "y" }) == true)
        {
            needs.Add(("pahole", "dwarves"));
        }

        (string What, string Package)[] missing = [.. needs.Where(need => !IsThere(need.What))];
        if (missing.Length > 0)
        {
            throw new GuestAssetException(
                FailureKind.HostDenied,
                $"building a kernel for {architecture.Name} needs what is not installed: {string.Join(", ", missing.Select(need => need.What))}",
                $"apt-get install {string.Join(' ', missing.Select(need => need.Package).Distinct())}");
        }
    }

    /// <summary>What the compiler says of itself: another one makes another kernel of the same source.</summary>
    internal static async Task<string> DescribeAsync(KernelArchitecture architecture, CancellationToken cancellationToken)
    {
        ToolResult result = await Tool.RunAsync(architecture.ToolPrefix + "gcc", ["--version"], "gcc", default, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(result.Output).Split('\n')[0];
    }

    private static bool IsThere(string what) => Path.IsPathRooted(what)
        ? File.Exists(what)
        : (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':').Any(directory => File.Exists(Path.Combine(directory, what)));
}
