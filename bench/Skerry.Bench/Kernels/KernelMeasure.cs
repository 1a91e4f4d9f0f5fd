namespace Skerry.Bench.Kernels;

/// <summary>What is measured of a kernel's start; each is also the beginning of its line's name.</summary>
public static class KernelMeasure
{
    public const string ToInit = "VMM's start to /init";
    public const string ToInitCpu = "processor time of the VMM to /init";
    public const string Kernel = "kernel's own clock at /init";
    public const string VmmRunning = "`skerry run` to the VMM running";
    public const string AgentReady = "`skerry run` to agent ready";
    public const string FirstOutput = "`skerry run` to first output";
    public const string GuestMemory = "guest memory not available to a first container, of 256 MiB";

    /// <summary>Those shown in the table.</summary>
    public static IReadOnlyList<string> Shown { get; } = [ToInit, ToInitCpu, Kernel, AgentReady, FirstOutput, GuestMemory];
}
