using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>A part of a kernel's configuration, one topic: what it asks for, each option with the line it stands on.</summary>
internal sealed class KernelFragment
{
    private KernelFragment(string name, string text, IReadOnlyList<KernelOptionRequest> requests)
    {
        Name = name;
        Text = text;
        Requests = requests;
    }

    /// <summary>Its file's name.</summary>
    internal string Name { get; }

    internal string Text { get; }

    internal IReadOnlyList<KernelOptionRequest> Requests { get; }

    /// <exception cref="GuestAssetException">InvalidArgument, naming every line that is neither option nor comment, and every option given twice.</exception>
    internal static KernelFragment Parse(string name, string text)
    {
        var requests = new List<KernelOptionRequest>();
        var faults = new List<string>();
        var seen = new Dictionary<string, KernelOptionRequest>(StringComparer.Ordinal);
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            string origin = $"{name}:{i + 1}";
            if (KernelConfig.TryParseLine(line, out string option, out string value))
            {
                var request = new KernelOptionRequest(option, value, origin);
                if (seen.TryGetValue(option, out KernelOptionRequest? earlier) && earlier.Value != value)
                {
                    faults.Add($"{request} contradicts {earlier}");
                }
                else if (seen.TryAdd(option, request))
                {
                    requests.Add(request);
                }
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                faults.Add($"{origin}: \"{line}\" is neither CONFIG_NAME=value nor a comment");
            }
        }

        return faults.Count == 0
            ? new KernelFragment(name, text, requests)
            : throw new GuestAssetException(FailureKind.InvalidArgument, $"the kernel configuration fragment \"{name}\" is wrong:\n    {string.Join("\n    ", faults)}");
    }

    /// <exception cref="GuestAssetException">NotFound or HostDenied for the file, InvalidArgument for its content.</exception>
    internal static KernelFragment Read(string path)
    {
        try
        {
            return Parse(Path.GetFileName(path), File.ReadAllText(path));
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new GuestAssetException(FailureKind.NotFound, $"there is no kernel configuration \"{path}\"", cause: cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new GuestAssetException(FailureKind.HostDenied, $"cannot read \"{path}\"", cause: cause);
        }
    }
}
