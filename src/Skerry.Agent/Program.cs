using System.Diagnostics;
using Skerry.Agent;
using Skerry.Agent.Boot;
using Skerry.Agent.Console;
using Skerry.Linux;

// PID 1 of a guest, or an ordinary process in tests. As PID 1 it never returns: its end would panic the kernel.
bool isInit = Environment.ProcessId == 1;
var ring = new LogRing(LogRing.DefaultCapacityBytes);
var logPort = new LogPort(ring);
var logger = new AgentLogger(ring, TimeProvider.System) { ConsoleSink = line => GuestConsole.Write(line.Span, logPort) };

BootSequence.PrepareProcess();
if (isInit)
{
    BootSequence.Run(BootSequence.EarlySteps, logger);
}

KernelParameters parameters = isInit ? KernelParameters.Read() : KernelParameters.Parse(string.Empty);
AgentConfig config = AgentConfig.From(parameters, Environment.GetEnvironmentVariable("KATA_AGENT_SERVER_ADDR")) with { OwnsMachine = isInit };
logger.Threshold = config.LogLevel;
logger.ConsoleThreshold = config.ConsoleLevel;
IExitSource exits = isInit ? Reaper.Start() : PidFdExits.Shared;
if (isInit)
{
    BootSequence.Run(BootSequence.Steps(logger), logger);
}

long wiring = Stopwatch.GetTimestamp();
var host = new AgentHost(config, GuestPaths.Default, logPort, exits, logger);
Log.BootStepDone(logger, "wire the agent", (long)Stopwatch.GetElapsedTime(wiring).TotalMicroseconds);
return await AgentLife.RunAsync(host, config, isInit, logger).ConfigureAwait(false);
