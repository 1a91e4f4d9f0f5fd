namespace Skerry.Sandbox;

/// <summary>Where a process is in its life; the diagram is in <see cref="GuestProcess"/>.</summary>
public enum ProcessState
{
    /// <summary>A container that is being built.</summary>
    Creating = 0,

    /// <summary>A container whose first process waits to run, or an exec that was registered.</summary>
    Created,

    /// <summary>Told to run, not yet confirmed.</summary>
    Starting,

    /// <summary>Running.</summary>
    Running,

    /// <summary>Being frozen.</summary>
    Pausing,

    /// <summary>Frozen.</summary>
    Paused,

    /// <summary>Ended; its exit status is known.</summary>
    Stopped,

    /// <summary>Gone.</summary>
    Deleted,
}
