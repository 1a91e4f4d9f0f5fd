using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Core;
using Skerry.Protocols;
using Skerry.Protocols.Shim.RuntimeOptions;

namespace Skerry.Shim;

/// <summary>The options of our runtime in containerd's configuration; those of other runtimes are passed over.</summary>
internal static class RuntimeOptions
{
    private const string Name = "runtimeoptions.v1.Options";
    private const string OldName = "cri.runtimeoptions.v1.Options";

    /// <summary>The path of the configuration file; null when none is named.</summary>
    /// <exception cref="SkerryException">InvalidArgument when the options cannot be read.</exception>
    internal static string? ConfigPathOf(Any? options)
    {
        if (!AnyMessage.Is(options, Name) && !AnyMessage.Is(options, OldName))
        {
            return null;
        }

        try
        {
            string path = AnyMessage.Unpack(options!, Options.Parser).ConfigPath;
            return path.Length == 0 ? null : path;
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"cannot read the runtime options {Name}", "see the options of the runtime in containerd's configuration", error);
        }
    }
}
