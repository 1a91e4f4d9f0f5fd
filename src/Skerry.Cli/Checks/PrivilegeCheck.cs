namespace Skerry.Cli.Checks;

/// <summary>Mounts, cgroups and network namespaces need root.</summary>
internal sealed class PrivilegeCheck() : HostCheck("privileges")
{
    internal override Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken) => Task.FromResult(
        Environment.IsPrivilegedProcess ? Passed("running as root") : Failed("not running as root", "run as root, for example with sudo"));
}
