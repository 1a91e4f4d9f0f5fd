namespace Skerry.Sandbox;

/// <summary>What a guest may do with a directory or file shown to it.</summary>
public enum ShareAccess
{
    /// <summary>Read and write.</summary>
    Writable,

    /// <summary>Only read; mounts below it are as they are.</summary>
    ReadOnly,

    /// <summary>Only read, also in mounts below it.</summary>
    ReadOnlyTree,
}
