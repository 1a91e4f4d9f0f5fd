using Skerry.Agent.Processes;
using Skerry.Linux;
using Skerry.Vsock;

namespace Skerry.Agent.Console;

/// <summary>A shell of the guest on a new terminal for everyone who connects: raw bytes, no framing.</summary>
internal sealed class DebugConsole(IExitSource exits, AgentLogger logger)
{
    private static readonly string[] s_shells = ["/bin/bash", "/bin/sh", "/bin/busybox"];

    /// <summary>Serves one connection until the shell ends or the host goes away.</summary>
    public async Task ServeAsync(VsockStream stream, CancellationToken cancellationToken)
    {
        string? shell = s_shells.FirstOrDefault(File.Exists);
        if (shell is null)
        {
            await stream.WriteAsync("the guest image has no shell\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            return;
        }

        (FileDescriptor master, FileDescriptor slave) = Pty.Open();
        await using var input = new ProcessInput(master.Duplicate(), terminal: true);
        await using var output = new ProcessOutput(master);
        using SpawnedProcess process = Start(shell, slave);
        input.PumpFrom(stream);
        output.PumpTo(stream);
        Task<ExitStatus> exit = process.WaitAsync(cancellationToken);
        await Task.WhenAny(exit, output.Drained).ConfigureAwait(false);
        process.PidFd.SendSignal(Signals.SIGHUP);
        output.ProcessExited();
        await output.Drained.ConfigureAwait(false);
        Log.Happened(logger, $"debug console ended: {await exit.ConfigureAwait(false)}");
    }

    private SpawnedProcess Start(string shell, FileDescriptor terminal)
    {
        using (terminal)
        {
            return Spawner.Spawn(new SpawnRequest
            {
                Path = shell,
                Args = shell.EndsWith("/busybox", StringComparison.Ordinal) ? ["sh"] : [shell],
                Environment = [$"PATH={EnvironmentBlock.DefaultPath}", "HOME=/", "TERM=linux"],
                WorkingDirectory = "/",
                Stdin = terminal,
                Stdout = terminal,
                Stderr = terminal,
                NewSession = true,
                ControllingTerminal = true,
            }, exits);
        }
    }
}
