using System.Globalization;
using Skerry.Linux;

namespace Skerry.Agent.Guest;

/// <summary>Reads the small text files of /proc and /sys.</summary>
internal static class ProcFile
{
    /// <summary>The numbers of lines as <c>Name: 123 kB</c> or <c>name 123</c>, under their names.</summary>
    public static IReadOnlyDictionary<string, ulong> Fields(string text)
    {
        var fields = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && ulong.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            {
                fields[words[0]] = value;
            }
        }

        return fields;
    }

    /// <summary>The file's text; empty when it is missing or cannot be read.</summary>
    public static string ReadOrEmpty(string path) => KernelFile.TryRead(path, out _) ?? string.Empty;
}
