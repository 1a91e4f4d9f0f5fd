namespace Skerry.Cli.Checks;

/// <summary>skopeo pulls images of registries; without it images come from directories and archives.</summary>
internal sealed class SkopeoCheck() : HostCheck("skopeo")
{
    internal override Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken) => Task.FromResult(
        subject.FindProgram("skopeo") is { } path
            ? Passed(path)
            : Noted("not installed: images cannot be pulled (docker://…)", "apt install skopeo"));
}
