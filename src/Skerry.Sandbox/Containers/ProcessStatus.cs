using Skerry.Core;

namespace Skerry.Sandbox;

/// <summary>What is known about a process at one moment.</summary>
/// <param name="Container">The container it is in.</param>
/// <param name="ExecId">Its exec id; empty for the container's first process.</param>
/// <param name="Bundle">The container's bundle.</param>
/// <param name="ProcessId">The host process that stands for it.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Stdio">Its input and output.</param>
/// <param name="Exit">How it ended; null while it lives.</param>
public sealed record ProcessStatus(
    ContainerId Container, string ExecId, string Bundle, int ProcessId, ProcessState State, StdioConfig Stdio, ProcessExit? Exit);
