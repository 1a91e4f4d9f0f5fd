namespace Skerry.Cli.Checks;

/// <summary>The daemon that shares host directories with the guest is there.</summary>
internal sealed class FileSystemDaemonCheck() : HostCheck("virtiofsd")
{
    internal override Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken) => Task.FromResult(Check(subject));

    private CheckResult Check(CheckSubject subject)
    {
        string path = subject.Hypervisor.VirtioFsDaemon;
        return CheckSubject.IsExecutable(path)
            ? Passed(path)
            : Failed($"there is no program {path}", $"install it (Debian: apt install qemu-system-common, or virtiofsd where it is packaged), or {subject.SetBy("virtio_fs_daemon")}");
    }
}
