namespace Skerry.Shim;

/// <summary>What the shim's program was started for.</summary>
internal enum ShimAction
{
    /// <summary>Nothing named: be the daemon. Only <c>start</c> starts us so.</summary>
    Serve = 0,

    /// <summary>Make the socket and the daemon, print the address.</summary>
    Start,

    /// <summary>Clean up after a shim that died.</summary>
    Delete,

    /// <summary>Print the version.</summary>
    Version,

    /// <summary>Describe the runtime to containerd 2.x.</summary>
    Info,
}
