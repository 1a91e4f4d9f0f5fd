namespace Skerry.Agent.Containers;

/// <summary>Where a container stands in its life.</summary>
internal enum ContainerState
{
    /// <summary>Its init waits to be told to run the program.</summary>
    Created,

    /// <summary>Its init runs the program.</summary>
    Running,

    /// <summary>Its processes stand still.</summary>
    Paused,

    /// <summary>Its init is gone.</summary>
    Stopped,
}
