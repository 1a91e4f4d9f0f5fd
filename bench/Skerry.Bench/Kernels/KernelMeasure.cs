namespace Skerry.Bench.Kernels;

/// <summary>What is measured of a kernel's start; each is also the beginning of its line's name.</summary>
public static class KernelMeasure
{
    public const string ToInit = "VMM's start to /init";
    public const string ToInitCpu = "processor time of the VMM to /init";
    public const string Kernel = "kernel's own clock at /init";
    public const string VmmRunning = "`skerry run` to the VMM running";
    public const string InitToAgent = "/init's start to agent ready";
    public const string AgentReady = "`skerry run` to agent ready";
    public const string FirstOutput = "`skerry run` to first output";
    public const string GuestMemory = "guest memory not available to a first container, of 256 MiB";

    public const string InstructionsToInit = "guest instructions to /init";
    public const string InstructionsToAgent = "guest instructions to agent ready";
    public const string BlocksToInit = "blocks of code translated to /init";
    public const string BlocksToAgent = "blocks of code translated to agent ready";

    /// <summary>Those shown in the table.</summary>
    public static IReadOnlyList<string> Shown { get; } =
    [
        ToInit, ToInitCpu, Kernel, InitToAgent, AgentReady, FirstOutput, GuestMemory, InstructionsToInit, InstructionsToAgent, BlocksToInit, BlocksToAgent,
    ];

    /// <summary>The unit of a measure.</summary>
    public static string UnitOf(string measure) => measure switch
    {
        GuestMemory => "MiB",
        InstructionsToInit or InstructionsToAgent => "million",
        BlocksToInit or BlocksToAgent => "thousand",
        _ => "ms",
    };
}
