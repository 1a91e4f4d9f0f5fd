using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>
/// Compares what was asked for with what the kernel's own tool made of it: an option whose needs are not met is dropped there
/// without a word, and the guest would miss it when it is too late.
/// </summary>
internal static class KernelOptionSurvival
{
    /// <summary>What did not survive, one line each; empty when everything did.</summary>
    /// <param name="requests">What was asked for.</param>
    /// <param name="result">What came out.</param>
    /// <param name="known">Every option that this kernel's source has.</param>
    internal static IReadOnlyList<string> Compare(
        IEnumerable<KernelOptionRequest> requests, KernelConfig result, IReadOnlySet<string> known)
    {
        var lost = new List<string>();
        foreach (KernelOptionRequest request in requests)
        {
            if (request.Value != "n" && !known.Contains(request.Name))
            {
                lost.Add($"{request}: this kernel has no such option");
            }
            else if (result[request.Name] != request.Value)
            {
                lost.Add(request.Value == "n"
                    ? $"{request}: became {result[request.Name]}, since something else needs it"
                    : $"{request}: became {result[request.Name]}, since what it depends on is not there or forbids it");
            }
        }

        return lost;
    }

    /// <exception cref="GuestAssetException">InvalidArgument, with the list.</exception>
    internal static void Demand(IEnumerable<KernelOptionRequest> requests, KernelConfig result, IReadOnlySet<string> known)
    {
        IReadOnlyList<string> lost = Compare(requests, result, known);
        if (lost.Count > 0)
        {
            throw new GuestAssetException(
                FailureKind.InvalidArgument,
                $"{lost.Count} requested kernel options did not survive:\n    {string.Join("\n    ", lost)}",
                "ask for what they depend on as well (\"depends on\" in the source's Kconfig files), or no longer for them");
        }
    }
}
