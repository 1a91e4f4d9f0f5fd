using System.Globalization;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Cli.Checks;

/// <summary>Guest memory is a memfd shared with the file-system daemon, and there is enough of it.</summary>
internal sealed class MemoryCheck() : HostCheck("memory")
{
    internal override Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken) => Task.FromResult(Check(subject));

    private CheckResult Check(CheckSubject subject)
    {
        try
        {
            MemFd.Create("skerry-check", sizeBytes: 4096).Dispose();
        }
        catch (SyscallException error)
        {
            return Failed(ErrorReport.OneLine(error), "memfd_create(2) must be allowed; a seccomp profile may forbid it");
        }

        long available = AvailableMiB(Path.Combine(subject.Proc, "meminfo"));
        uint guest = subject.Hypervisor.DefaultMemoryMiB;
        return available < guest
            ? Noted($"{available} MiB available, and a guest gets {guest} MiB", $"free memory, or {subject.SetBy("default_memory")}")
            : Passed($"memfd works; {available} MiB available, a guest gets {guest} MiB");
    }

    private static long AvailableMiB(string meminfo)
    {
        string? line = File.ReadLines(meminfo).FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        string number = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1) ?? "0";
        return long.Parse(number, CultureInfo.InvariantCulture) / 1024;
    }
}
