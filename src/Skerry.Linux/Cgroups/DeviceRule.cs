using Skerry.Core;

namespace Skerry.Linux.Cgroups;

/// <summary>One rule about device nodes, with the meaning of the OCI spec: of several that match, the last decides.</summary>
/// <param name="Allow">Whether the access is granted.</param>
/// <param name="Type">'a' for all, 'b' for block, 'c' for character devices.</param>
/// <param name="Major">Major number; null for any.</param>
/// <param name="Minor">Minor number; null for any.</param>
/// <param name="Access">Any of "r", "w" and "m" (make the node).</param>
public readonly record struct DeviceRule(bool Allow, char Type, uint? Major, uint? Minor, string Access)
{
    /// <summary>What every container may use beside its own devices: nodes can be made, but only the harmless ones opened.</summary>
    public static IReadOnlyList<DeviceRule> Defaults { get; } =
    [
        new(false, 'a', null, null, "rwm"),
        new(true, 'c', null, null, "m"),
        new(true, 'b', null, null, "m"),
        new(true, 'c', 1, 3, "rwm"),
        new(true, 'c', 1, 5, "rwm"),
        new(true, 'c', 1, 7, "rwm"),
        new(true, 'c', 1, 8, "rwm"),
        new(true, 'c', 1, 9, "rwm"),
        new(true, 'c', 5, 0, "rwm"),
        new(true, 'c', 5, 1, "rwm"),
        new(true, 'c', 5, 2, "rwm"),
        new(true, 'c', 136, null, "rwm"),
    ];

    /// <summary>Makes a rule of the OCI spec's fields: an empty type is "a", a missing or negative number any, an empty access all.</summary>
    /// <exception cref="SkerryException">InvalidArgument: another type than a, b, c, u or p, or another access than r, w or m.</exception>
    public static DeviceRule FromOci(bool allow, string? type, long? major, long? minor, string? access)
    {
        char kind = type switch
        {
            null or "" or "a" => 'a',
            "b" => 'b',
            "c" or "u" => 'c',
            _ => throw new SkerryException(FailureKind.InvalidArgument, $"device rule: type \"{type}\" is not known", "use a, b or c"),
        };
        string wanted = string.IsNullOrEmpty(access) ? "rwm" : access;
        if (wanted.AsSpan().ContainsAnyExcept("rwm"))
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"device rule: access \"{access}\" is not known", "use letters of rwm");
        }

        return new DeviceRule(allow, kind, Number(major), Number(minor), wanted);
    }

    private static uint? Number(long? value) => value is null or < 0 ? null : checked((uint)value.Value);
}
