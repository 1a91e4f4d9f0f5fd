using System.Diagnostics;
using Skerry.Agent.Console;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Agent.Boot;

/// <summary>What PID 1 does before it serves, in order. A step that fails is logged and the next one runs: a guest that answers can tell what it lacks.</summary>
internal static class BootSequence
{
    private const string ModuleListPath = "/etc/modules";

    /// <summary>What has to be there before the kernel's parameters can be read.</summary>
    public static IReadOnlyList<BootStep> EarlySteps { get; } = [.. BootMounts.Essential.Select(m => new BootStep($"mount {m.Target}", m.Mount))];

    /// <summary>The other steps of a guest's start.</summary>
    public static IReadOnlyList<BootStep> Steps(AgentLogger logger) =>
    [
        new BootStep("load modules", () => ModuleLoader.LoadListed(ModuleListPath, logger)),
        new BootStep("offer modules", Modprobe.Offer),
        .. BootMounts.Rest.Select(m => new BootStep($"mount {m.Target}", m.Mount)),
        new BootStep("link /dev", BootMounts.LinkStandardStreams),
        new BootStep("enable cgroup controllers", () => ControllerSetup.EnableAll(BootMounts.CgroupRoot)),
        new BootStep("bring up loopback", Network.Loopback.BringUp),
        new BootStep("set environment", SetEnvironment),
    ];

    /// <summary>The steps of an agent that an init started, which has mounted and loaded what it knows of: what is missing for containers.</summary>
    public static IReadOnlyList<BootStep> ServiceSteps { get; } =
    [
        .. BootMounts.Rest.Where(m => m.Target == "/tmp").Select(m => new BootStep($"mount {m.Target}", m.Mount)),
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
