using Microsoft.Extensions.Logging;

namespace Skerry.Sandbox;

/// <summary>What the engine says. Event ids 400 to 499; never reused.</summary>
internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Warning, "{Process}: nobody has read the output for {Seconds} s after the process ended; not waiting any longer")]
    internal static partial void OutputNotRead(ILogger log, string process, double seconds);

    [LoggerMessage(401, LogLevel.Debug, "{Process}: input ended: {Reason}")]
    internal static partial void InputEnded(ILogger log, string process, string reason);

    [LoggerMessage(402, LogLevel.Debug, "{Process}: {Stream} ended: {Reason}")]
    internal static partial void OutputEnded(ILogger log, string process, string stream, string reason);

    [LoggerMessage(403, LogLevel.Error, "{Process}: {Stream} cannot be written to {Target}; the process goes on, and what cannot be written is lost: {Reason}")]
    internal static partial void OutputLost(ILogger log, string process, string stream, string target, string reason);

    [LoggerMessage(418, LogLevel.Warning, "{Process}: up to {Bytes} bytes of {Stream} were lost on the way to {Target}")]
    internal static partial void OutputLostInAll(ILogger log, string process, string stream, string target, long bytes);

    [LoggerMessage(404, LogLevel.Warning, "the log program {Path} did not end within {Seconds} s and was killed")]
    internal static partial void LogProgramKilled(ILogger log, string path, double seconds);

    [LoggerMessage(405, LogLevel.Warning, "container {Container}: {Warning}")]
    internal static partial void MountWarning(ILogger log, string container, string warning);

    [LoggerMessage(406, LogLevel.Error, "sandbox {Sandbox}: {Reason}")]
    internal static partial void SandboxLost(ILogger log, string sandbox, string reason);

    [LoggerMessage(407, LogLevel.Warning, "sandbox {Sandbox}: cannot {Step}: {Reason}")]
    internal static partial void StepFailed(ILogger log, string sandbox, string step, string reason);

    [LoggerMessage(408, LogLevel.Information, "sandbox {Sandbox}: {Accelerator}: {Reason}")]
    internal static partial void AcceleratorChosen(ILogger log, string sandbox, string accelerator, string reason);

    [LoggerMessage(409, LogLevel.Information, "sandbox {Sandbox}: the agent answered after {Milliseconds} ms")]
    internal static partial void AgentReady(ILogger log, string sandbox, long milliseconds);

    [LoggerMessage(410, LogLevel.Debug, "sandbox {Sandbox}: is now {State}")]
    internal static partial void StateChanged(ILogger log, string sandbox, SandboxState state);

    [LoggerMessage(411, LogLevel.Warning, "container {Container}: the guest did not end it within {Seconds} s of SIGKILL; the machine is stopped")]
    internal static partial void KillForced(ILogger log, string container, double seconds);

    [LoggerMessage(412, LogLevel.Information, "container {Container} exited with status {Status}")]
    internal static partial void ContainerExited(ILogger log, string container, int status);

    [LoggerMessage(413, LogLevel.Warning, "container {Container} ran out of memory")]
    internal static partial void OutOfMemory(ILogger log, string container);

    [LoggerMessage(417, LogLevel.Debug, "container {Container}: {Count} devices of the host are not in the guest and are left out, {First} among them")]
    internal static partial void DevicesLeftOut(ILogger log, string container, int count, string first);

    [LoggerMessage(415, LogLevel.Warning, "cleaning up {Sandbox}: cannot {Step}: {Reason}")]
    internal static partial void CleanupFailed(ILogger log, string sandbox, string step, string reason);

    [LoggerMessage(416, LogLevel.Debug, "sandbox {Sandbox}: no longer watching for lack of memory: {Reason}")]
    internal static partial void MemoryWatchEnded(ILogger log, string sandbox, string reason);

    [LoggerMessage(430, LogLevel.Information, "sandbox {Sandbox}: network namespace {Path}: {Interfaces}")]
    internal static partial void NetworkScanned(ILogger log, string sandbox, string path, string interfaces);

    [LoggerMessage(431, LogLevel.Information, "sandbox {Sandbox}: interface {Interface} has come and is the guest's now")]
    internal static partial void InterfaceCame(ILogger log, string sandbox, string @interface);

    [LoggerMessage(432, LogLevel.Warning, "sandbox {Sandbox}: interface {Interface} has gone")]
    internal static partial void InterfaceWent(ILogger log, string sandbox, string @interface);

    [LoggerMessage(433, LogLevel.Information, "sandbox {Sandbox}: the guest's network is configured again")]
    internal static partial void NetworkChanged(ILogger log, string sandbox);

    [LoggerMessage(435, LogLevel.Warning, "sandbox {Sandbox}: interface {Interface} has come after the start and is not in the guest: {Reason}")]
    internal static partial void InterfaceLeft(ILogger log, string sandbox, string @interface, string reason);

    [LoggerMessage(434, LogLevel.Error, "sandbox {Sandbox}: the guest's network does not follow that of the pod's namespace: {Reason}")]
    internal static partial void NetworkNotFollowed(ILogger log, string sandbox, string reason);

    [LoggerMessage(436, LogLevel.Information, "sandbox {Sandbox}: interface {Interface} is the guest's: the PCI device {Address} ({Model}) was taken from its driver {Driver}")]
    internal static partial void HardwareTaken(ILogger log, string sandbox, string @interface, string address, string model, string driver);

    [LoggerMessage(437, LogLevel.Warning, "sandbox {Sandbox}: the Ethernet address {Mac} of interface {Interface} cannot be set through its card; the guest's driver may choose another: {Reason}")]
    internal static partial void HardwareAddressNotKept(ILogger log, string sandbox, string @interface, string mac, string reason);

    [LoggerMessage(438, LogLevel.Warning, "sandbox {Sandbox}: the PCI device {Address} of interface {Interface} is gone: there is nothing to give back")]
    internal static partial void HardwareGone(ILogger log, string sandbox, string @interface, string address);

    [LoggerMessage(439, LogLevel.Warning, "sandbox {Sandbox}: the PCI device {Address} is bound to {Driver} again, which has not made its interface {Interface} yet: it is the host's when it comes")]
    internal static partial void HardwareNotReturned(ILogger log, string sandbox, string @interface, string address, string driver);

    [LoggerMessage(440, LogLevel.Information, "sandbox {Sandbox}: its {Count} virtual processors are pinned to the host's {Cpus}")]
    internal static partial void Pinned(ILogger log, string sandbox, int count, string cpus);

    [LoggerMessage(441, LogLevel.Information, "sandbox {Sandbox}: its virtual processors are not pinned any more")]
    internal static partial void Unpinned(ILogger log, string sandbox);
}
