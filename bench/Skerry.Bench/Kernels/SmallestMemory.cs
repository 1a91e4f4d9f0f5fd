using System.Globalization;
using Skerry.Bench.Hosts;

namespace Skerry.Bench.Kernels;

/// <summary>Finds by halving how little memory a guest needs to run a container.</summary>
public static class SmallestMemory
{
    private const int LeastMiB = 32;
    private const int MostMiB = 256;

    /// <summary>The least that runs <c>true</c>, in MiB.</summary>
    public static async Task<double> FindAsync(KernelVariant variant, string machineType, SkerryHost host, string directory, CancellationToken cancellationToken)
    {
        int fails = LeastMiB - 1;
        int runs = MostMiB;
        while (runs - fails > 1)
        {
            int middle = (runs + fails) / 2;
            string configuration = Path.Combine(directory, "least.toml");
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"[hypervisor.qemu]\nmachine_type = \"{machineType}\"\nkernel = \"{variant.Kernel}\"\ninitrd = \"{variant.Initrd}\"\ndefault_memory = {middle}\n");
            await File.WriteAllTextAsync(configuration, text, cancellationToken);
            ToolResult run = await host.RunAsync(["run", "--rm", "--config", configuration, "busybox", "true"], cancellationToken);
            (fails, runs) = run.ExitCode == 0 ? (fails, middle) : (middle, runs);
        }

        return runs;
    }
}
