namespace Skerry.Shim;

/// <summary>What a container is to its sandbox.</summary>
internal enum ContainerRole
{
    /// <summary>A lone container: its own sandbox.</summary>
    Single = 0,

    /// <summary>A pod's first container: its id is the sandbox's.</summary>
    Sandbox,

    /// <summary>A further container of a pod.</summary>
    Member,
}
