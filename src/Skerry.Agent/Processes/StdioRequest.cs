using Skerry.Protocols.Agent;

namespace Skerry.Agent.Processes;

/// <summary>What a request says about the standard streams of its process.</summary>
/// <param name="Terminal">True for a terminal: one stream in, one stream out.</param>
/// <param name="Stdin">The host's port of the stream; 0 for none, or see <see cref="IsCompatible"/>.</param>
/// <param name="Stdout">Likewise.</param>
/// <param name="Stderr">Likewise; a terminal has none.</param>
internal readonly record struct StdioRequest(bool Terminal, uint Stdin, uint Stdout, uint Stderr)
{
    /// <summary>The port that says on purpose: no stream, give the process /dev/null.</summary>
    public const uint NoStream = uint.MaxValue;

    /// <summary>The rows of the terminal, 0 for unknown.</summary>
    public ushort Rows { get; init; }

    /// <summary>The columns of the terminal, 0 for unknown.</summary>
    public ushort Columns { get; init; }

    /// <summary>True when the host names no port at all: it reads and writes by requests, as Kata's runtime does.</summary>
    public bool IsCompatible => Stdin == 0 && Stdout == 0 && Stderr == 0;

    /// <summary>The streams of a container's first process.</summary>
    public static StdioRequest From(CreateContainerRequest request) => From(request.OCI.Process, request.StdinPort, request.StdoutPort, request.StderrPort);

    /// <summary>The streams of a further process.</summary>
    public static StdioRequest From(ExecProcessRequest request) => From(request.Process, request.StdinPort, request.StdoutPort, request.StderrPort);

    /// <summary>True when <paramref name="port"/> names a stream.</summary>
    public static bool IsStream(uint port) => port is not 0 and not NoStream;

    private static StdioRequest From(Protocols.Agent.Oci.Process process, uint stdin, uint stdout, uint stderr) => new(process.Terminal, stdin, stdout, stderr)
    {
        Rows = (ushort)Math.Min(process.ConsoleSize?.Height ?? 0, ushort.MaxValue),
        Columns = (ushort)Math.Min(process.ConsoleSize?.Width ?? 0, ushort.MaxValue),
    };
}
