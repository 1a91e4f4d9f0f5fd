using Skerry.Agent.Boot;
using Skerry.Linux;

namespace Skerry.Agent.Containers;

/// <summary>The resolver configuration of the guest, which the host takes from the pod's.</summary>
internal static class ResolverFile
{
    private const string SystemFile = "/etc/resolv.conf";

    /// <summary>Writes <paramref name="lines"/>, and shows them as the guest's own file when this agent is its init.</summary>
    public static void Write(GuestPaths paths, IReadOnlyCollection<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        File.WriteAllText(paths.ResolvConf, string.Join('\n', lines) + "\n");
        if (Environment.ProcessId == 1)
        {
            using (FileDescriptor.Open(SystemFile, OpenFlags.O_WRONLY | OpenFlags.O_CREAT))
            {
                Mounts.Bind(paths.ResolvConf, SystemFile, recursive: false);
            }
        }
    }
}
