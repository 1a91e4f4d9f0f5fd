namespace Skerry.Sandbox;

/// <summary>Where a sandbox's network comes from.</summary>
internal enum NetworkKind
{
    /// <summary>A namespace that nobody has made yet: it begins, empty, with the VMM.</summary>
    Own,

    /// <summary>A namespace that the manager made; its interfaces become the guest's.</summary>
    Joined,

    /// <summary>The VMM's own network in user space, without any interface on the host.</summary>
    User,

    /// <summary>No network, and the VMM stays in the shim's namespace (Kata's disable_new_netns).</summary>
    Host,
}
