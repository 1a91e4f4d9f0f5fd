using System.Globalization;
using System.Runtime.InteropServices;
using Skerry.Bench.Hosts;
using Skerry.Hypervisor;

namespace Skerry.Bench;

/// <summary>What the numbers depend on: processor, memory, kernel, accelerator, versions of the programs that took part.</summary>
public static class MachineDescription
{
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(CancellationToken cancellationToken) => new Dictionary<string, string>
    {
        ["processor"] = FieldOf("/proc/cpuinfo", "model name"),
        ["cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        ["memory"] = FieldOf("/proc/meminfo", "MemTotal"),
        ["system"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}",
        ["load"] = string.Join(' ', (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[..3]),
        ["accelerator"] = Accelerator(),
        ["qemu"] = await FirstLineAsync(Installation.Qemu, cancellationToken),
        ["file daemon"] = Installation.VirtioFsDaemon,
        ["guest kernel"] = $"{Path.GetFileName(Installation.Kernel)}, {new FileInfo(Installation.Kernel).Length} bytes",
        ["containerd"] = await FirstLineAsync("containerd", cancellationToken),
        ["runc"] = await FirstLineAsync("runc", cancellationToken),
        ["skerry"] = await FirstLineAsync(Installation.Command, cancellationToken),
    };

    private static string Accelerator()
    {
        AcceleratorDecision decision = new AcceleratorProbe().Decide(Skerry.Hypervisor.Accelerator.Auto, string.Empty);
        return $"{decision.Accelerator} ({decision.Reason})";
    }

    private static string FieldOf(string file, string field) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";

    private static async Task<string> FirstLineAsync(string program, CancellationToken cancellationToken) =>
        (await Tool.RunAsync(program, ["--version"], cancellationToken)).Output.Split('\n')[0];
}
