using System.Text.RegularExpressions;

namespace Skerry.Cli.Checks;

/// <summary>containerd, where it is wanted, finds the shim. <c>skerry run</c> needs neither.</summary>
internal sealed partial class ContainerdCheck() : HostCheck("containerd")
{
    private const string Shim = "containerd-shim-skerry-v2";

    internal override async Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken)
    {
        if (subject.FindProgram("containerd") is not { } containerd)
        {
            return Noted("not installed; \"skerry run\" does not need it", "to run pods: apt install containerd");
        }

        string? answer = await ProgramOutput.ReadAsync(containerd, ["--version"], cancellationToken).ConfigureAwait(false);
        Match version = VersionNumber().Match(answer ?? string.Empty);
        string found = $"{containerd}, version {(version.Success ? version.Value : "unknown")}";
        string ours = subject.Host.Prefix.Resolve($"bin/{Shim}");
        return (subject.FindProgram(Shim) ?? Beside(containerd)) is { } shim
            ? Passed($"{found}, shim {shim}")
            : Noted($"{found}; {Shim} is not in its PATH", $"ln -s {ours} /usr/local/bin/{Shim}");
    }

    private static string? Beside(string containerd) =>
        Path.Combine(Path.GetDirectoryName(containerd)!, Shim) is var path && CheckSubject.IsExecutable(path) ? path : null;

    [GeneratedRegex(@"\d+\.\d+\.\d+")]
    private static partial Regex VersionNumber();
}
