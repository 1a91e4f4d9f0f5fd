namespace Skerry.Linux.Cgroups;

/// <summary>How a machine has its cgroups mounted.</summary>
public enum CgroupMode
{
    /// <summary>No hierarchy is mounted.</summary>
    None = 0,

    /// <summary>Hierarchies of version 1 only.</summary>
    V1,

    /// <summary>Version 1 with the controllers, and a unified hierarchy beside it.</summary>
    Hybrid,

    /// <summary>The unified hierarchy only.</summary>
    V2,
}
