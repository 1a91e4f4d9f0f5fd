using System.Globalization;
using Skerry.Core;

namespace Skerry.Linux;

/// <summary>One limit of setrlimit(2).</summary>
/// <param name="Kind">What is limited.</param>
/// <param name="Soft">The limit that is enforced, in the unit of the kind; <see cref="Infinity"/> for none.</param>
/// <param name="Hard">How far the process may raise the soft limit itself.</param>
public readonly record struct ResourceLimit(ResourceLimitKind Kind, ulong Soft, ulong Hard)
{
    /// <summary>RLIM_INFINITY: no limit.</summary>
    public const ulong Infinity = ulong.MaxValue;

    /// <summary>Reads the OCI name of a kind, as in <c>RLIMIT_NOFILE</c>; false for an unknown one.</summary>
    public static bool TryParseKind(string? name, out ResourceLimitKind kind)
    {
        ResourceLimitKind? known = name is null ? null : ResourceLimitNames.Find(name);
        kind = known.GetValueOrDefault();
        return known is not null;
    }

    /// <summary>Makes a limit from an OCI rlimit.</summary>
    /// <exception cref="SkerryException">InvalidArgument: unknown type, or a soft limit above the hard one.</exception>
    public static ResourceLimit FromOci(string type, ulong soft, ulong hard)
    {
        if (!TryParseKind(type, out ResourceLimitKind kind))
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"invalid rlimit type: {type}", "use a name such as RLIMIT_NOFILE");
        }

        return Checked(kind, soft, hard, type);
    }

    /// <summary>Reads what people type for --ulimit: <c>nofile=1024</c>, <c>nofile=1024:4096</c>, <c>core=unlimited</c>.</summary>
    /// <exception cref="SkerryException">InvalidArgument, naming the part that is wrong.</exception>
    public static ResourceLimit Parse(string text)
    {
        string[] halves = text.Split('=', 2);
        if (halves.Length != 2 || !TryParseKind("RLIMIT_" + halves[0].Trim().ToUpperInvariant(), out ResourceLimitKind kind))
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"ulimit \"{text}\" is not valid", "use NAME=SOFT[:HARD], as in nofile=1024:4096");
        }

        string[] values = halves[1].Split(':', 2);
        ulong soft = ParseValue(values[0], text);
        return Checked(kind, soft, values.Length == 2 ? ParseValue(values[1], text) : soft, text);
    }

    private static ulong ParseValue(string value, string text)
    {
        string trimmed = value.Trim();
        if (trimmed is "-1" or "unlimited")
        {
            return Infinity;
        }

        return ulong.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw new SkerryException(FailureKind.InvalidArgument, $"ulimit \"{text}\": \"{value}\" is not a number", "use a number, -1 or unlimited");
    }

    private static ResourceLimit Checked(ResourceLimitKind kind, ulong soft, ulong hard, string text) => soft <= hard
        ? new ResourceLimit(kind, soft, hard)
        : throw new SkerryException(FailureKind.InvalidArgument, $"rlimit \"{text}\": the soft limit {soft} is above the hard limit {hard}");
}
