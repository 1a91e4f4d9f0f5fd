using Skerry.Protocols.Shim.Tasks;

namespace Skerry.Cli.Containers;

/// <summary>Starts a created process while we are attached to it, and stays until it has ended and its output is printed.</summary>
internal static class AttachedProcess
{
    /// <summary>Runs the process to its end; returns its exit code.</summary>
    /// <param name="task">The container.</param>
    /// <param name="execId">The process; empty for the init process.</param>
    /// <param name="io">Its fifos.</param>
    /// <param name="terminal">Whether it has a terminal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<int> RunAsync(TaskClient task, string execId, ProcessIo io, bool terminal, CancellationToken cancellationToken)
    {
        Task<WaitResponse> end = task.WaitAsync(execId, cancellationToken);
        io.StartOutput();
        await task.StartAsync(execId, cancellationToken);
        io.StartInput(() => task.CloseStdinAsync(execId, CancellationToken.None));
        using (await TerminalSession.AttachAsync(task, execId, terminal))
        {
            WaitResponse ended = await end;
            await io.DrainAsync().WaitAsync(cancellationToken);
            return (int)ended.ExitStatus;
        }
    }
}
