using System.Globalization;
using Skerry.Sandbox;

namespace Skerry.Shim;

/// <summary>
/// The texts of a verbose status, for people: <c>crictl inspectp</c> shows them. The key <c>info</c> is left to containerd, which
/// reads JSON of its own there.
/// </summary>
internal static class SandboxInfo
{
    internal static Dictionary<string, string> Of(SandboxPaths paths, SandboxStatus status)
    {
        var info = new Dictionary<string, string>
        {
            ["runtime"] = $"skerry {InfoCommand.Version}",
            ["state"] = status.State.ToString(),
            ["shim_pid"] = Number(Environment.ProcessId),
            ["vmm_pid"] = Number(status.ProcessId),
            ["state_directory"] = paths.Directory,
            ["vcpus"] = Number(Sum(status, SizeTerm.Vcpus)),
            ["memory_mib"] = Number(Sum(status, SizeTerm.Memory)),
            ["containers"] = string.Join(' ', status.Containers.Select(id => id.Value)),
        };
        if (status.Accelerator is { } accelerator)
        {
            info["accelerator"] = accelerator;
        }

        if (status.LostReason is { } reason)
        {
            info["reason"] = reason;
        }

        return info;
    }

    private static double Sum(SandboxStatus status, string resource) => status.Size.Where(term => term.Resource == resource).Sum(term => term.Amount);

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
