using System.Diagnostics;
using Skerry.Agent;
using Skerry.Agent.Boot;
using Skerry.Agent.Console;
using Skerry.Linux;

if (Modprobe.IsCalledAs(Environment.GetCommandLineArgs()[0]))
{
    return Modprobe.Run(args);
}

// PID 1 of a guest, a service of the guest's systemd, or an ordinary process in tests. As PID 1 it never returns: its end would panic the kernel.
bool isInit = Environment.ProcessId == 1;
bool ownsGuest = isInit || args is ["--service"];
var ring = new LogRing(LogRing.DefaultCapacityBytes);
var logPort = new LogPort(ring);
var logger = new AgentLogger(ring, TimeProvider.System) { ConsoleSink = line => GuestConsole.Write(line.Span, logPort) };

BootSequence.PrepareProcess();
if (isInit)
{
    BootSequence.Run(BootSequence.EarlySteps(), logger);
}

KernelParameters parameters = ownsGuest ? KernelParameters.Read() : KernelParameters.Parse(string.Empty);
AgentConfig config = AgentConfig.From(parameters, Environment.GetEnvironmentVariable("KATA_AGENT_SERVER_ADDR")) with { OwnsMachine = ownsGuest };
logger.Threshold = config.LogLevel;
logger.ConsoleThreshold = config.ConsoleLevel;
IExitSource exits = isInit ? Reaper.Start() : PidFdExits.Shared;
if (isInit)
{
    BootSequence.Run(BootSequence.Steps(logger), logger);
}
else if (ownsGuest)
{
    BootSequence.Run(BootSequence.ServiceSteps(), logger);
}

long wiring = Stopwatch.GetTimestamp();
var host = new AgentHost(config, GuestPaths.Default, logPort, exits, logger);
Log.BootStepDone(logger, "wire the agent", (long)Stopwatch.GetElapsedTime(wiring).TotalMicroseconds);
return await AgentLife.RunAsync(host, config, ownsGuest, logger).ConfigureAwait(false);
