using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Agent.Processes;

/// <summary>Says in the words of runc why a process could not be started: people and scripts know them.</summary>
internal static class StartErrors
{
    /// <summary>The error to report for <paramref name="failure"/> of starting <paramref name="program"/>.</summary>
    /// <param name="program">The first argument of the process.</param>
    /// <param name="workingDirectory">Its working directory.</param>
    /// <param name="failure">What the child reported.</param>
    public static SkerryException Translate(string program, string? workingDirectory, SpawnFailure failure) => failure.Stage switch
    {
        SpawnStage.FindProgram => NotFound(program, failure.Errno),
        SpawnStage.Exec => new SkerryException(KindOf(failure.Errno), $"exec {program}: {SyscallException.TextOf(failure.Errno)}"),
        SpawnStage.WorkingDirectory => new SkerryException(
            FailureKind.InvalidArgument, $"chdir to cwd (\"{workingDirectory}\") set in config.json failed: {SyscallException.TextOf(failure.Errno)}"),
        SpawnStage.Mount => new SkerryException(new SpawnException(program, failure).Kind, $"error during container init: {failure.Subject}: {SyscallException.TextOf(failure.Errno)}"),
        _ => new SpawnException(program, failure),
    };

    /// <summary>The error for a process that the kernel killed before it could run its program, since its limit was too small for that.</summary>
    public static SkerryException OutOfMemory() =>
        new(FailureKind.ResourceExhausted, "container init was OOM-killed (memory limit too low?)", "raise the memory limit");

    /// <summary>A name is searched in PATH, where whatever is wrong with a file there makes it not found; a path is taken as it is.</summary>
    private static SkerryException NotFound(string program, Errno error)
    {
        bool isPath = program.Contains('/', StringComparison.Ordinal);
        string why = (isPath, error) switch
        {
            (false, _) => "executable file not found in $PATH",
            (true, Errno.EACCES or Errno.EPERM) => "permission denied",
            (true, Errno.EISDIR) => "is a directory",
            (true, _) => $"stat {program}: {SyscallException.TextOf(error)}",
        };
        return new SkerryException(isPath ? KindOf(error) : FailureKind.NotFound, $"exec: \"{program}\": {why}");
    }

    private static FailureKind KindOf(Errno error) => error switch
    {
        Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP => FailureKind.NotFound,
        Errno.EACCES or Errno.EPERM or Errno.ENOEXEC or Errno.EISDIR or Errno.ETXTBSY => FailureKind.HostDenied,
        _ => FailureKind.GuestFailed,
    };
}
