namespace Skerry.Cli.Checks;

/// <summary>There is room for a directory's files.</summary>
/// <param name="name">What the directory is for.</param>
/// <param name="directory">Picks the directory.</param>
/// <param name="neededMiB">Below this nothing works.</param>
/// <param name="variable">The environment variable that names another directory.</param>
internal sealed class DiskSpaceCheck(string name, Func<CliHost, string> directory, long neededMiB, string variable) : HostCheck(name)
{
    internal override Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken) => Task.FromResult(Check(directory(subject.Host)));

    private CheckResult Check(string path)
    {
        string existing = path;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        long freeMiB = new DriveInfo(existing).AvailableFreeSpace / (1024 * 1024);
        return freeMiB < neededMiB
            ? Failed($"{path}: {freeMiB} MiB free, {neededMiB} MiB are needed", $"free space, or name another directory by {variable}")
            : Passed($"{path}: {freeMiB} MiB free");
    }
}
