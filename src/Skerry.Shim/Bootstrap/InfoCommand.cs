using Google.Protobuf;
using Skerry.Protocols.Types;

namespace Skerry.Shim;

/// <summary><c>-info</c> and <c>-v</c>: what containerd 2.x asks of a runtime, and what people ask.</summary>
internal static class InfoCommand
{
    /// <summary>The runtime's name, as in <c>io.containerd.skerry.v2</c>.</summary>
    private const string Name = "io.containerd.skerry.v2";

    /// <summary>Our version.</summary>
    internal static string Version => typeof(InfoCommand).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Prints the description as a protobuf message.</summary>
    internal static void PrintInfo()
    {
        var info = new RuntimeInfo { Name = Name, Version = new RuntimeVersion { Version = Version } };
        using Stream output = Console.OpenStandardOutput();
        output.Write(info.ToByteArray());
    }

    /// <summary>Prints the version for people.</summary>
    internal static void PrintVersion() => Console.Out.WriteLine($"containerd-shim-skerry-v2:\n  Version:  {Version}");
}
