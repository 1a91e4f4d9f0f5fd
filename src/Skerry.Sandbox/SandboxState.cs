namespace Skerry.Sandbox;

/// <summary>Where a sandbox is in its life; the diagram is in <see cref="SandboxDriver"/>.</summary>
public enum SandboxState
{
    /// <summary>Nothing was asked for yet.</summary>
    Empty = 0,

    /// <summary>A pod was described; its machine is not wanted yet.</summary>
    Prepared,

    /// <summary>The machine is being started.</summary>
    Launching,

    /// <summary>The agent answers.</summary>
    Ready,

    /// <summary>Everything is being taken back.</summary>
    Stopping,

    /// <summary>Nothing is left on the host.</summary>
    Stopped,
}
