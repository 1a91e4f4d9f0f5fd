using System.Reflection;
using System.Text.RegularExpressions;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>A patch of ours for one series of kernels, from packaging/kernel/patches.</summary>
/// <param name="Series">As in "6.1".</param>
/// <param name="Name">Its file's name.</param>
/// <param name="Text">The patch.</param>
internal sealed partial record KernelPatch(string Series, string Name, string Text)
{
    private const string ResourcePrefix = "kernel-patches/";

    /// <summary>All of them, in the order they are applied in.</summary>
    internal static IReadOnlyList<KernelPatch> BuiltIn()
    {
        Assembly assembly = typeof(KernelPatch).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => Read(assembly, name)),
        ];
    }

    /// <summary>The series that a kernel's top Makefile says it is of; empty when it does not say.</summary>
    internal static string SeriesOf(string makefile)
    {
        Match match = Version().Match(makefile);
        return match.Success ? $"{match.Groups[1].Value}.{match.Groups[2].Value}" : string.Empty;
    }

    private static KernelPatch Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        string[] path = resource[ResourcePrefix.Length..].Split('/');
        return new KernelPatch(path[0], path[^1], reader.ReadToEnd());
    }

    [GeneratedRegex(@"^VERSION = (\d+)\nPATCHLEVEL = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Version();
}
