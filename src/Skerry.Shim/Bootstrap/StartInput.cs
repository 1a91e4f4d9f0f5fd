using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols.Shim.Bootstrap;

namespace Skerry.Shim;

/// <summary>
/// What containerd writes to <c>start</c>: parameters from 2.3 on, with the runtime options among their extensions; before that the
/// options alone, or nothing. With the pause container the options come again with Create; with the Sandbox API only here.
/// </summary>
internal sealed record StartInput
{
    /// <summary>The caller reads the answer of a containerd from 2.3 on.</summary>
    internal bool IsBootstrap { get; private init; }

    /// <summary>Where sockets go; null for the convention.</summary>
    internal string? SocketDirectory { get; private init; }

    /// <summary>The configuration file of the runtime options; null for the usual search.</summary>
    internal string? ConfigPath { get; private init; }

    /// <summary>Reads standard input. containerd writes and closes; a terminal means a person tries us out.</summary>
    internal static StartInput Read()
    {
        if (!Console.IsInputRedirected)
        {
            return new StartInput();
        }

        using Stream input = Console.OpenStandardInput();
        using var bytes = new MemoryStream();
        input.CopyTo(bytes);
        return Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>Reads the two forms. Both begin with a text; only parameters have containerd's version.</summary>
    internal static StartInput Parse(ReadOnlySpan<byte> bytes)
    {
        if (TryParse(bytes, BootstrapParams.Parser) is { ContainerdVersion.Length: > 0 } parameters)
        {
            return new StartInput
            {
                IsBootstrap = true,
                SocketDirectory = parameters.HasSocketDir ? parameters.SocketDir : null,
                ConfigPath = parameters.Extensions.Select(extension => RuntimeOptions.ConfigPathOf(extension.Value)).FirstOrDefault(path => path is not null),
            };
        }

        return new StartInput { ConfigPath = RuntimeOptions.ConfigPathOf(TryParse(bytes, Any.Parser)) };
    }

    private static T? TryParse<T>(ReadOnlySpan<byte> bytes, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            // The other form.
            return null;
        }
    }
}
