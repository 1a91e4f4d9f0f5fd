namespace Skerry.Cli.Checks;

/// <summary>The host kernel has overlayfs, which puts a container's root together from its image's layers.</summary>
internal sealed class OverlayCheck() : HostCheck("overlayfs")
{
    internal override Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken) => Task.FromResult(Check(subject));

    private CheckResult Check(CheckSubject subject)
    {
        if (File.ReadLines(Path.Combine(subject.Proc, "filesystems")).Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal)))
        {
            return Passed("in the kernel");
        }

        string release = File.ReadAllText(Path.Combine(subject.Proc, "sys/kernel/osrelease")).Trim();
        string module = $"/lib/modules/{release}/kernel/fs/overlayfs";
        return Directory.Exists(module)
            ? Passed("as a module, loaded when it is needed")
            : Failed("the host kernel does not have it", "boot a kernel with CONFIG_OVERLAY_FS, or load the module: modprobe overlay");
    }
}
