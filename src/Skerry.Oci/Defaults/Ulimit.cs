using System.Globalization;
using Skerry.Core;

namespace Skerry.Oci;

/// <summary>Reads resource limits as people write them: <c>nofile=1024</c>, <c>nofile=1024:4096</c>, <c>core=-1</c> or <c>unlimited</c>.</summary>
public static class Ulimit
{
    private static readonly string[] Names =
    [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime",
        "sigpending", "stack",
    ];

    /// <summary>Reads <c>NAME=SOFT[:HARD]</c>.</summary>
    /// <exception cref="SkerryException">InvalidArgument for an unknown name, a malformed number, or a soft limit above the hard one.</exception>
    public static OciRlimit Parse(string text)
    {
        string[] halves = text.Split('=', 2);
        string name = halves[0].ToLowerInvariant();
        if (halves.Length != 2 || !Names.Contains(name))
        {
            throw Invalid(text, $"the name is one of {string.Join(", ", Names)}");
        }

        string[] values = halves[1].Split(':', 2);
        ulong soft = ParseValue(values[0], text);
        ulong hard = values.Length == 2 ? ParseValue(values[1], text) : soft;
        if (soft > hard)
        {
            throw Invalid(text, "the soft limit is above the hard one");
        }

        return new OciRlimit { Type = $"RLIMIT_{name.ToUpperInvariant()}", Soft = soft, Hard = hard };
    }

    private static ulong ParseValue(string value, string text) => value switch
    {
        "-1" or "unlimited" => ulong.MaxValue,
        _ when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) => number,
        _ => throw Invalid(text, "a limit is a number, or \"unlimited\""),
    };

    private static SkerryException Invalid(string text, string why) =>
        new(FailureKind.InvalidArgument, $"cannot read the limit \"{text}\": {why}", "write it as NAME=SOFT[:HARD], for example nofile=1024:4096");
}
