namespace Skerry.Agent.Boot;

/// <summary>Passes every controller of the cgroup v2 root on to the cgroups below it.</summary>
internal static class ControllerSetup
{
    /// <summary>Enables, below <paramref name="cgroup"/>, whatever it has; one that refuses is left out.</summary>
    public static void EnableAll(string cgroup)
    {
        foreach (string controller in File.ReadAllText($"{cgroup}/cgroup.controllers").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                File.WriteAllText($"{cgroup}/cgroup.subtree_control", $"+{controller}");
            }
            catch (IOException)
            {
                // A controller bound to a v1 hierarchy, or busy: its limits will be refused where they are set.
            }
        }
    }
}
