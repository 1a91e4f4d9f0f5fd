namespace Skerry.Sandbox;

/// <summary>How a process ended.</summary>
/// <param name="Status">Its exit code, or 128 plus the signal's number; 255 when its sandbox died under it.</param>
/// <param name="At">When.</param>
public sealed record ProcessExit(int Status, DateTimeOffset At)
{
    /// <summary>The status when the machine went away by itself.</summary>
    public const int SandboxLost = 255;

    /// <summary>The status of what was killed with SIGKILL.</summary>
    public const int Killed = 137;
}
