using System.Diagnostics;
using Skerry.Agent.Console;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Agent.Boot;

/// <summary>What PID 1 does before it serves, in order. A step that fails is logged and the next one runs: a guest that answers can tell what it lacks.</summary>
/// <remarks>
/// No chains of LINQ up to the first request: <c>Where().Select()</c> is a generic virtual call, which makes NativeAOT start its type loader: a
/// tenth of the code that an emulated guest would translate between the start of /init and its first answer.
/// </remarks>
internal static class BootSequence
{
    private const string ModuleListPath = "/etc/modules";

    /// <summary>What has to be there before the kernel's parameters can be read.</summary>
    public static IReadOnlyList<BootStep> EarlySteps() => BootMounts.EssentialSteps();

    /// <summary>The other steps of a guest's start.</summary>
    public static IReadOnlyList<BootStep> Steps(AgentLogger logger) =>
    [
        new BootStep("load modules", () => ModuleLoader.LoadListed(ModuleListPath, logger)),
        new BootStep("offer modules", Modprobe.Offer),
        .. BootMounts.OtherSteps(),
        new BootStep("link /dev", BootMounts.LinkStandardStreams),
        new BootStep("enable cgroup controllers", () => ControllerSetup.EnableAll(BootMounts.CgroupRoot)),
        new BootStep("bring up loopback", Network.Loopback.BringUp),
        new BootStep("set environment", SetEnvironment),
    ];

    /// <summary>The steps of an agent that an init started, which has mounted and loaded what it knows of: what is missing for containers.</summary>
    public static IReadOnlyList<BootStep> ServiceSteps() =>
    [
        BootMounts.TemporaryFilesStep(),
        new BootStep("enable cgroup controllers", () => ControllerSetup.EnableAll(BootMounts.CgroupRoot)),
        new BootStep("bring up loopback", Network.Loopback.BringUp),
        new BootStep("set environment", SetEnvironment),
    ];

    /// <summary>Runs all steps.</summary>
    public static void Run(IReadOnlyList<BootStep> steps, AgentLogger logger)
    {
        foreach (BootStep step in steps)
        {
            long start = Stopwatch.GetTimestamp();
            try
            {
                step.Run();
                Log.BootStepDone(logger, step.Name, (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
            catch (Exception error) when (error is SkerryException or IOException or UnauthorizedAccessException)
            {
                Log.BootStepFailed(logger, step.Name, error);
            }
        }
    }

    /// <summary>What this process needs wherever it runs: a broken pipe is an error of a write, not the end.</summary>
    public static void PrepareProcess()
    {
        Signals.Ignore(Signals.SIGPIPE);
    }

    private static void SetEnvironment()
    {
        Environment.SetEnvironmentVariable("PATH", Processes.EnvironmentBlock.DefaultPath);
        Environment.CurrentDirectory = "/";
    }
}
