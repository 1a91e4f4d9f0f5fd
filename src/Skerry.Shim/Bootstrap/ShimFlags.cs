using Skerry.Core;

namespace Skerry.Shim;

/// <summary>The command line containerd gives to a shim: Go's flag syntax, one dash or two, <c>-name value</c> or <c>-name=value</c>.</summary>
internal sealed record ShimFlags
{
    /// <summary>The namespace of containerd, or of whoever calls.</summary>
    public string Namespace { get; private set; } = string.Empty;

    /// <summary>The container (or sandbox) in question.</summary>
    public string Id { get; private set; } = string.Empty;

    /// <summary>containerd's socket; empty when there is no containerd.</summary>
    public string Address { get; private set; } = string.Empty;

    /// <summary>containerd's own program; kept for compatibility, events go over ttrpc.</summary>
    public string PublishBinary { get; private set; } = string.Empty;

    /// <summary>The bundle, given with <c>delete</c>.</summary>
    public string Bundle { get; private set; } = string.Empty;

    /// <summary>A socket path chosen by the caller; empty as a rule.</summary>
    public string Socket { get; private set; } = string.Empty;

    /// <summary>The configuration file of the runtime options that <c>start</c> was given, handed on to the daemon; empty for none.</summary>
    public string ConfigPath { get; private set; } = string.Empty;

    /// <summary>Debug logging.</summary>
    public bool Debug { get; private set; }

    /// <summary>What to do: <c>start</c>, <c>delete</c>, empty for the daemon, <c>version</c> or <c>info</c>.</summary>
    public ShimAction Action { get; private set; } = ShimAction.Serve;

    /// <summary>Reads <paramref name="arguments"/>.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a flag we do not know, or one without its value.</exception>
    internal static ShimFlags Parse(IReadOnlyList<string> arguments)
    {
        var flags = new ShimFlags();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                continue;
            }

            if (!argument.StartsWith('-') || argument.Length == 1)
            {
                flags.Action = ParseAction(argument);
                continue;
            }

            string name = argument.TrimStart('-');
            int equals = name.IndexOf('=', StringComparison.Ordinal);
            string? value = equals < 0 ? null : name[(equals + 1)..];
            flags.Set(equals < 0 ? name : name[..equals], () => value ?? Next(arguments, ref i), value);
        }

        return flags;
    }

    private static string Next(IReadOnlyList<string> arguments, ref int index) => ++index < arguments.Count
        ? arguments[index]
        : throw new SkerryException(FailureKind.InvalidArgument, $"flag needs an argument: {arguments[index - 1]}");

    private static ShimAction ParseAction(string word) => word switch
    {
        "start" => ShimAction.Start,
        "delete" => ShimAction.Delete,
        _ => throw new SkerryException(FailureKind.InvalidArgument, $"unknown action \"{word}\"", "use start or delete"),
    };

    private void Set(string name, Func<string> value, string? inline)
    {
        switch (name)
        {
            case "namespace":
                Namespace = value();
                break;
            case "id":
                Id = value();
                break;
            case "address":
                Address = value();
                break;
            case "publish-binary":
                PublishBinary = value();
                break;
            case "bundle":
                Bundle = value();
                break;
            case "socket":
                Socket = value();
                break;
            case "config-path":
                ConfigPath = value();
                break;
            case "debug-socket":
                value();
                break;
            case "debug":
                Debug = IsTrue(inline);
                break;
            case "v" or "version":
                Action = ShimAction.Version;
                break;
            case "info":
                Action = ShimAction.Info;
                break;
            default:
                throw new SkerryException(FailureKind.InvalidArgument, $"flag provided but not defined: -{name}");
        }
    }

    // A flag without a value is true, as in Go.
    private static bool IsTrue(string? inline) => inline is null or "true" or "1" or "t" or "T" or "TRUE" or "True";
}
