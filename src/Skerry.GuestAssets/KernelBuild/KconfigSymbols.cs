namespace Skerry.GuestAssets.KernelBuild;

/// <summary>Finds the names of every option in a kernel's source: the "config" and "menuconfig" lines of its Kconfig files.</summary>
internal static class KconfigSymbols
{
    internal static IReadOnlySet<string> Read(string sourceDirectory)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (string file in Directory.EnumerateFiles(sourceDirectory, "Kconfig*", options))
        {
            names.UnionWith(File.ReadLines(file).Select(NameIn).OfType<string>());
        }

        return names;
    }

    /// <summary>The option that a line of a Kconfig file declares; null for other lines.</summary>
    internal static string? NameIn(string line)
    {
        string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words is ["config" or "menuconfig", string name, ..] && !name.StartsWith('=') ? name : null;
    }
}
