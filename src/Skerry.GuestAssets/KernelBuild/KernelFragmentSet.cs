using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>
/// The fragments of one kernel, in layers: those of every kernel and of its architecture, those of its flavour, the user's own. A
/// later layer wins over an earlier one; two fragments of one layer that contradict each other are a mistake.
/// </summary>
internal sealed class KernelFragmentSet
{
    private readonly List<KernelOptionRequest> _requests;

    private KernelFragmentSet(List<KernelOptionRequest> requests, string text)
    {
        _requests = requests;
        Text = text;
    }

    /// <summary>What is asked for in the end, each option once.</summary>
    internal IReadOnlyList<KernelOptionRequest> Requests => _requests;

    /// <summary>Every fragment's text in order: part of what tells two builds apart.</summary>
    internal string Text { get; }

    /// <exception cref="GuestAssetException">InvalidArgument, naming every contradiction within a layer.</exception>
    internal static KernelFragmentSet Merge(params IReadOnlyList<IReadOnlyList<KernelFragment>> layers)
    {
        var merged = new Dictionary<string, KernelOptionRequest>(StringComparer.Ordinal);
        var faults = new List<string>();
        foreach (IReadOnlyList<KernelFragment> layer in layers)
        {
            var ofLayer = new Dictionary<string, KernelOptionRequest>(StringComparer.Ordinal);
            foreach (KernelOptionRequest request in layer.SelectMany(fragment => fragment.Requests))
            {
                if (!ofLayer.TryAdd(request.Name, request) && ofLayer[request.Name].Value != request.Value)
                {
                    faults.Add($"{request} contradicts {ofLayer[request.Name]}");
                }

                merged[request.Name] = ofLayer[request.Name];
            }
        }

        if (faults.Count > 0)
        {
            throw new GuestAssetException(
                FailureKind.InvalidArgument,
                $"fragments of the kernel's configuration contradict each other:\n    {string.Join("\n    ", faults)}",
                "leave each option in one of them; a flavour, and a configuration of your own, may override the default");
        }

        string text = string.Concat(layers.SelectMany(layer => layer).Select(fragment => $"{fragment.Name}\n{fragment.Text}\n"));
        return new KernelFragmentSet([.. merged.Values], text);
    }

    /// <summary>Puts what is asked for into <paramref name="config"/>, in the place of what stands there.</summary>
    internal string ApplyTo(string config)
    {
        HashSet<string> asked = _requests.Select(request => request.Name).ToHashSet(StringComparer.Ordinal);
        IEnumerable<string> kept = config.Split('\n').Where(line => !KernelConfig.TryParseLine(line, out string name, out _) || !asked.Contains(name));
        return string.Join('\n', kept.Concat(_requests.Select(request => KernelConfig.Line(request.Name, request.Value)))) + "\n";
    }
}
