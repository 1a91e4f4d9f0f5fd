namespace Skerry.Vsock;

/// <summary>The guest's ports, as in Kata.</summary>
public static class VsockPorts
{
    /// <summary>The agent's ttrpc server.</summary>
    public const uint Agent = 1024;

    /// <summary>The agent's log, JSON lines.</summary>
    public const uint Log = 1025;

    /// <summary>The debug console, raw bytes of a terminal.</summary>
    public const uint DebugConsole = 1026;

    /// <summary>Input and output of processes: one connection per stream, named by its port on the host.</summary>
    public const uint ProcessStreams = 1027;

    /// <summary>The name of the virtio-serial port that carries the channel.</summary>
    public const string SerialPortName = "skerry.channel0";

    /// <summary>Connections to ports of the guest's loopback.</summary>
    public const uint Forward = 1028;
}
