using Microsoft.Extensions.Logging;

namespace Skerry.Hypervisor;

/// <summary>What machines and their daemons log; event ids 300 to 399.</summary>
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Information, "sandbox {Sandbox} runs without hardware virtualization, several times slower: {Reason}")]
    internal static partial void NoHardwareVirtualization(ILogger logger, string sandbox, string reason);

    [LoggerMessage(301, LogLevel.Debug, "sandbox {Sandbox}: starting {Program} {Arguments}")]
    internal static partial void Starting(ILogger logger, string sandbox, string program, string arguments);

    [LoggerMessage(302, LogLevel.Debug, "sandbox {Sandbox}: VMM {Pid} answers after {Milliseconds} ms")]
    internal static partial void Running(ILogger logger, string sandbox, int pid, double milliseconds);

    [LoggerMessage(303, LogLevel.Warning, "sandbox {Sandbox}: VMM {Pid} ended by itself ({Reason}, code {Code}, signal {Signal}): {Message}")]
    internal static partial void Ended(ILogger logger, string sandbox, int pid, MachineExitReason reason, int? code, int? signal, string message);

    [LoggerMessage(304, LogLevel.Warning, "sandbox {Sandbox}: VMM {Pid} did not quit within {Milliseconds} ms, sending signal {Signal}")]
    internal static partial void Signalling(ILogger logger, string sandbox, int pid, double milliseconds, int signal);

    [LoggerMessage(305, LogLevel.Debug, "virtio-fs daemon {Pid} shares {Directory} on {Socket}")]
    internal static partial void Sharing(ILogger logger, int pid, string directory, string socket);

    [LoggerMessage(306, LogLevel.Warning, "virtio-fs daemon {Pid} ended by itself (code {Code}, signal {Signal}): {Message}")]
    internal static partial void DaemonEnded(ILogger logger, int pid, int? code, int? signal, string message);

    [LoggerMessage(307, LogLevel.Debug, "sandbox {Sandbox}: slot {Slot} of {Device} is free")]
    internal static partial void SlotFreed(ILogger logger, string sandbox, int slot, string device);
}
