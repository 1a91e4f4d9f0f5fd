using Skerry.Linux;

namespace Skerry.Agent.Boot;

/// <summary>Passes every controller of the cgroup v2 root on to the cgroups below it.</summary>
internal static class ControllerSetup
{
    /// <summary>Enables, below <paramref name="cgroup"/>, whatever it has: all at once, since each write costs milliseconds, else one by one.</summary>
    public static void EnableAll(string cgroup)
    {
        string[] controllers = KernelFile.Read($"{cgroup}/cgroup.controllers").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (!TryEnable(cgroup, '+' + string.Join(" +", controllers)))
        {
            foreach (string controller in controllers)
            {
                TryEnable(cgroup, "+" + controller);
            }
        }
    }

    /// <summary>False for a controller that is bound to a v1 hierarchy, or busy: its limits will be refused where they are set.</summary>
    private static bool TryEnable(string cgroup, string words) => KernelFile.TryWrite($"{cgroup}/cgroup.subtree_control", words, out _);
}
