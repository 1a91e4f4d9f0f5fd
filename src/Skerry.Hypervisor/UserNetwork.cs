namespace Skerry.Hypervisor;

/// <summary>
/// A network that the VMM makes in user space: the guest reaches what the VMM's own process can reach, and is reached by published
/// ports only. It needs no interface and no privilege on the host.
/// </summary>
/// <param name="Ports">Ports of the host that lead into the guest.</param>
public sealed record UserNetwork(IReadOnlyList<PublishedPort> Ports)
{
    /// <summary>The guest's address.</summary>
    public const string GuestAddress = "10.0.2.15";

    /// <summary>Bits of the guest's network.</summary>
    public const int PrefixLength = 24;

    /// <summary>The VMM, as the guest's gateway.</summary>
    public const string Gateway = "10.0.2.2";

    /// <summary>The VMM, as a name server that asks the host's.</summary>
    public const string NameServer = "10.0.2.3";

    /// <summary>The network's address.</summary>
    public const string Network = "10.0.2.0";
}
