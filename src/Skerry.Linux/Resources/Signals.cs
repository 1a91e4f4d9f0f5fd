using System.Globalization;

namespace Skerry.Linux;

/// <summary>Names and numbers of signals on x86_64, from signal(7).</summary>
public static partial class Signals
{
    /// <summary>The highest signal number.</summary>
    public const int Max = 64;

    /// <summary>The lowest real-time signal that the C library leaves to programs.</summary>
    public const int RealTimeMin = 34;

    private static readonly string[] Names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>Reads <c>SIGTERM</c>, <c>TERM</c>, <c>15</c>, <c>SIGRTMIN+3</c> or <c>RTMAX-1</c>, in any case; false for anything else.</summary>
    public static bool TryParse(string? text, out int signal)
    {
        string name = (text ?? string.Empty).Trim().ToUpperInvariant();
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out signal))
        {
            return signal is > 0 and <= Max;
        }

        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        signal = name switch
        {
            "IOT" => 6,
            "CLD" => 17,
            "POLL" => 29,
            "UNUSED" => 31,
            _ when name.StartsWith("RT", StringComparison.Ordinal) => ParseRealTime(name),
            _ => Array.IndexOf(Names, name) + 1,
        };
        return signal > 0;
    }

    /// <summary>The name with its prefix, as in <c>SIGTERM</c> or <c>SIGRTMIN+3</c>; the number as text when it has no name.</summary>
    public static string NameOf(int signal) => signal switch
    {
        > 0 when signal <= Names.Length => "SIG" + Names[signal - 1],
        RealTimeMin => "SIGRTMIN",
        Max => "SIGRTMAX",
        > RealTimeMin and < Max => string.Create(CultureInfo.InvariantCulture, $"SIGRTMIN+{signal - RealTimeMin}"),
        _ => signal.ToString(CultureInfo.InvariantCulture),
    };

    private static int ParseRealTime(string name)
    {
        (int origin, int sign) = name switch
        {
            _ when name.StartsWith("RTMIN", StringComparison.Ordinal) => (RealTimeMin, +1),
            _ when name.StartsWith("RTMAX", StringComparison.Ordinal) => (Max, -1),
            _ => (0, 0),
        };
        if (sign == 0 || name.Length == 5)
        {
            return origin;
        }

        bool valid = name[5] == (sign > 0 ? '+' : '-')
            && int.TryParse(name.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out int distance)
            && distance <= Max - RealTimeMin;
        return valid ? origin + (sign * int.Parse(name.AsSpan(6), CultureInfo.InvariantCulture)) : 0;
    }
}
