namespace Skerry.Linux;

/// <summary>How a process ended: by exit code or by signal.</summary>
/// <param name="Code">The exit code, or null when a signal ended it.</param>
/// <param name="Signal">The signal that ended it, or null when it exited.</param>
public readonly record struct ExitStatus(int? Code, int? Signal)
{
    /// <summary>The exit code, or 128 plus the signal, as a shell reports it.</summary>
    public int ShellCode => Code ?? 128 + (Signal ?? 0);

    /// <summary>A normal exit.</summary>
    public static ExitStatus Exited(int code) => new(code, null);

    /// <summary>An end by a signal.</summary>
    public static ExitStatus Killed(int signal) => new(null, signal);

    /// <inheritdoc/>
    public override string ToString() => Code is int code ? $"exit code {code}" : $"signal {Signal}";
}
