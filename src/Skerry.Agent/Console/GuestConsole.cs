using Skerry.Linux;

namespace Skerry.Agent.Console;

/// <summary>The guest's console as a place for the log while no host reads it elsewhere: standard error, which the kernel opened on it.</summary>
internal static class GuestConsole
{
    private static readonly FileDescriptor s_standardError = new(2, ownsHandle: false);

    /// <summary>Writes a line, unless a host reads the log; a console that takes nothing loses it.</summary>
    public static void Write(ReadOnlySpan<byte> line, LogPort logPort)
    {
        if (!logPort.IsRead)
        {
            _ = s_standardError.TryWrite(line, out _);
        }
    }
}
