using Skerry.Core;

namespace Skerry.Linux;

/// <summary>A process could not be started; <see cref="Stage"/> and <see cref="Errno"/> say why.</summary>
public sealed class SpawnException : SkerryException
{
    /// <summary>Makes the error of starting <paramref name="program"/>.</summary>
    public SpawnException(string program, SpawnFailure failure)
        : base(SyscallException.KindOf(failure.Errno), $"cannot start \"{program}\": {failure}") => Failure = failure;

    /// <summary>The whole story.</summary>
    public SpawnFailure Failure { get; }

    /// <summary>Where it failed.</summary>
    public SpawnStage Stage => Failure.Stage;

    /// <summary>The error of the call that failed.</summary>
    public Errno Errno => Failure.Errno;
}
