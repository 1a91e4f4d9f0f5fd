using System.Reflection;
using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>
/// The fragments to choose from: those built into the program, or a directory laid out like packaging/kernel/fragments: topics in it,
/// <c>arch/NAME.conf</c>, <c>flavours/NAME.conf</c>. A flavour "a-b" is "a" with "a-b" on top.
/// </summary>
internal sealed class KernelFragmentLibrary
{
    internal const string DefaultFlavour = "default";
    private const string ResourcePrefix = "kernel/";
    private readonly SortedDictionary<string, KernelFragment> _fragments;

    private KernelFragmentLibrary(SortedDictionary<string, KernelFragment> fragments) => _fragments = fragments;

    /// <summary>The flavours there are.</summary>
    internal IEnumerable<string> Flavours => _fragments.Keys.Select(FlavourOf).OfType<string>().Order(StringComparer.Ordinal).Prepend(DefaultFlavour);

    /// <summary>Opens <paramref name="directory"/>, or what is built in when it is null.</summary>
    /// <exception cref="GuestAssetException">NotFound for a directory without fragments; InvalidArgument for a faulty one.</exception>
    internal static KernelFragmentLibrary Open(string? directory)
    {
        var fragments = new SortedDictionary<string, KernelFragment>(StringComparer.Ordinal);
        foreach ((string name, string text) in directory is null ? BuiltIn() : In(directory))
        {
            fragments.Add(name, KernelFragment.Parse(name, text));
        }

        return fragments.Count > 0
            ? new KernelFragmentLibrary(fragments)
            : throw new GuestAssetException(FailureKind.NotFound, $"there are no fragments (*.conf) in \"{directory}\"");
    }

    /// <summary>The fragments of a kernel.</summary>
    /// <param name="architecture">For which processors.</param>
    /// <param name="flavour">One of <see cref="Flavours"/>.</param>
    /// <param name="userConfig">A fragment that comes last; null for none.</param>
    /// <exception cref="GuestAssetException">NotFound for an unknown flavour; InvalidArgument for fragments that contradict each other.</exception>
    internal KernelFragmentSet Choose(KernelArchitecture architecture, string flavour, KernelFragment? userConfig)
    {
        if (!Flavours.Contains(flavour, StringComparer.Ordinal))
        {
            throw new GuestAssetException(FailureKind.NotFound, $"there is no kernel flavour \"{flavour}\"", $"use one of {string.Join(", ", Flavours)}");
        }

        KernelFragment[] topics = [.. _fragments.Where(pair => !pair.Key.Contains('/', StringComparison.Ordinal)).Select(pair => pair.Value)];
        var layers = new List<IReadOnlyList<KernelFragment>> { topics };
        string[] words = flavour.Split('-');
        IEnumerable<string> names = Enumerable.Range(1, words.Length).Select(count => $"flavours/{string.Join('-', words[..count])}.conf").Prepend($"arch/{architecture.Name}.conf");
        foreach (string name in names)
        {
            if (_fragments.TryGetValue(name, out KernelFragment? fragment))
            {
                layers.Add([fragment]);
            }
        }

        return KernelFragmentSet.Merge(userConfig is null ? layers : [.. layers, [userConfig]]);
    }

    private static string? FlavourOf(string name) =>
        name.StartsWith("flavours/", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(name) : null;

    private static IEnumerable<(string Name, string Text)> BuiltIn()
    {
        Assembly assembly = typeof(KernelFragmentLibrary).Assembly;
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource[ResourcePrefix.Length..], reader.ReadToEnd());
        }
    }

    private static IEnumerable<(string Name, string Text)> In(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new GuestAssetException(FailureKind.NotFound, $"there is no directory \"{directory}\" with fragments of the kernel's configuration");
        }

        return Directory.EnumerateFiles(directory, "*.conf", SearchOption.AllDirectories)
            .Select(path => (Path.GetRelativePath(directory, path), File.ReadAllText(path)));
    }
}
