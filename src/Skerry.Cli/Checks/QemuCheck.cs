using System.Text.RegularExpressions;

namespace Skerry.Cli.Checks;

/// <summary>The VMM is there, runs, and offers the machine types.</summary>
internal sealed partial class QemuCheck() : HostCheck("qemu")
{
    private static readonly Version Oldest = new(7, 0);

    internal override async Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken)
    {
        string path = subject.Hypervisor.Path;
        string install = $"install QEMU (Debian: apt install qemu-system-x86), or {subject.SetBy("path")}";
        if (!CheckSubject.IsExecutable(path))
        {
            return Failed($"there is no program {path}", install);
        }

        string? answer = await ProgramOutput.ReadAsync(path, ["-version"], cancellationToken).ConfigureAwait(false);
        Match version = VersionLine().Match(answer ?? string.Empty);
        if (!version.Success)
        {
            return Failed($"{path} does not say its version", install);
        }

        if (Version.Parse(version.Groups[1].Value) < Oldest)
        {
            return Failed($"{path} is version {version.Groups[1].Value}", $"QEMU {Oldest} or newer is needed");
        }

        string[] missing = [.. await MissingMachinesAsync(subject, cancellationToken).ConfigureAwait(false)];
        return missing.Length == 0
            ? Passed($"{path}, version {version.Groups[1].Value}, machine types microvm and q35")
            : Failed($"{path} does not offer the machine type {string.Join(" and ", missing)}", install);
    }

    private static async Task<IEnumerable<string>> MissingMachinesAsync(CheckSubject subject, CancellationToken cancellationToken)
    {
        string? list = await ProgramOutput.ReadAsync(subject.Hypervisor.Path, ["-machine", "help"], cancellationToken).ConfigureAwait(false);
        string[] offered = [.. (list ?? string.Empty).Split('\n').Select(line => line.Split(' ')[0])];
        string[] needed = subject.Hypervisor.MachineType is { } chosen ? [chosen] : ["microvm", "q35"];
        return needed.Except(offered);
    }

    [GeneratedRegex(@"version (\d+\.\d+(?:\.\d+)?)")]
    private static partial Regex VersionLine();
}
