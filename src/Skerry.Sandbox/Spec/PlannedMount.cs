using Skerry.Oci;
using Skerry.Protocols.Agent;

namespace Skerry.Sandbox;

/// <summary>A mount of the OCI spec and what is to be done for it.</summary>
/// <param name="Mount">The mount as the spec has it.</param>
/// <param name="Route">How it reaches the guest.</param>
/// <param name="ShareName">Its name directly below the share; empty unless it is shared.</param>
/// <param name="Warning">What the user should know; null when there is nothing to say.</param>
/// <param name="Storage">What the guest makes before; null unless the route asks for it.</param>
internal sealed record PlannedMount(OciMount Mount, MountRoute Route, string ShareName = "", string? Warning = null, Storage? Storage = null)
{
    /// <summary>What the options allow; the last word of each kind counts.</summary>
    internal ShareAccess Access => Last("rro", "rrw") ? ShareAccess.ReadOnlyTree : Last("ro", "rw") ? ShareAccess.ReadOnly : ShareAccess.Writable;

    /// <summary>True for a bind that takes submounts along.</summary>
    internal bool Recursive => Mount.Options.Contains("rbind");

    private bool Last(string word, string opposite) => Mount.Options.LastOrDefault(option => option == word || option == opposite) == word;
}
