using Skerry.Core;

namespace Skerry.Sandbox.Tests.Engine;

/// <summary>Cgroups that remember what they were asked.</summary>
internal sealed class FakeCgroup(bool separatesVcpus) : ISandboxCgroup
{
    public IReadOnlyList<string> Directories => [];

    public IReadOnlyList<string> MachineProcsFiles => separatesVcpus ? [] : ["/the/pods/cgroup.procs"];

    public bool SeparatesVcpus => separatesVcpus;

    internal List<int> Placed { get; } = [];

    internal bool Removed { get; private set; }

    public void PlaceVcpus(IReadOnlyList<int> threads) => Placed.AddRange(threads);

    internal List<string> Confined { get; } = [];

    internal string? Refuses { get; set; }

    public void Confine(string processors, string memoryNodes)
    {
        string both = $"{processors}/{memoryNodes}";
        if (both == Refuses)
        {
            throw new SkerryException(FailureKind.InvalidArgument, "no such processors");
        }

        Confined.Add(both);
    }

    public ValueTask RemoveAsync()
    {
        Removed = true;
        return ValueTask.CompletedTask;
    }
}
