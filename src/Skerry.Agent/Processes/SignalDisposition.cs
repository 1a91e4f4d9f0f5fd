using System.Globalization;
using Skerry.Agent.Guest;

namespace Skerry.Agent.Processes;

/// <summary>Whether a process handles a signal, from /proc/PID/status.</summary>
internal static class SignalDisposition
{
    /// <summary>True when the process has a handler for <paramref name="signal"/>, or cannot be asked.</summary>
    public static bool IsCaught(int pid, int signal) => IsCaught(ProcFile.ReadOrEmpty($"/proc/{pid}/status"), signal);

    /// <summary>True when the text of a status file says the signal is caught.</summary>
    internal static bool IsCaught(string status, int signal)
    {
        const string Label = "SigCgt:";
        string? line = status.Split('\n').FirstOrDefault(l => l.StartsWith(Label, StringComparison.Ordinal));
        return !ulong.TryParse(line?[Label.Length..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong caught)
            || (caught >> (signal - 1) & 1) != 0;
    }
}
