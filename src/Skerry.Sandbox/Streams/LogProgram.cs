using System.Collections;
using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>
/// A log program of <c>binary://</c>: reads standard output on descriptor 3 and standard error on 4, closes 5 when it is ready;
/// ends by itself after both have ended.
/// </summary>
internal sealed class LogProgram : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly SpawnedProcess _process;
    private readonly string _path;
    private readonly ILogger _log;

    private LogProgram(SpawnedProcess process, string path, OutputSink stdout, OutputSink stderr, ILogger log)
    {
        _process = process;
        _path = path;
        Stdout = stdout;
        Stderr = stderr;
        _log = log;
    }

    /// <summary>Where standard output goes.</summary>
    internal OutputSink Stdout { get; }

    /// <summary>Where standard error goes.</summary>
    internal OutputSink Stderr { get; }

    /// <summary>Starts the program and waits until it says it is ready.</summary>
    /// <exception cref="SkerryException">It cannot be started, or is not ready after 30 s.</exception>
    internal static async Task<LogProgram> StartAsync(
        StdioTarget target, ContainerId container, string managerNamespace, ILogger log, CancellationToken cancellationToken)
    {
        (FileDescriptor stdoutRead, FileDescriptor stdoutWrite) = Pipes.Create();
        (FileDescriptor stderrRead, FileDescriptor stderrWrite) = Pipes.Create();
        (FileDescriptor readyRead, FileDescriptor readyWrite) = Pipes.Create();
        using FileDescriptor ready = readyRead;
        LogProgram? program = null;
        try
        {
            using (stdoutRead)
            using (stderrRead)
            using (readyWrite)
            {
                SpawnedProcess process = Spawner.Spawn(new SpawnRequest
                {
                    Path = target.Path,
                    Args = [target.Path, .. target.Arguments],
                    Environment = [.. InheritedEnvironment(), $"CONTAINER_ID={container.Value}", $"CONTAINER_NAMESPACE={managerNamespace}"],
                    InheritedDescriptors = [(stdoutRead, 3), (stderrRead, 4), (readyWrite, 5)],
                });
                string name = $"log program \"{target.Path}\"";
                program = new LogProgram(process, target.Path, OutputSink.To(stdoutWrite, name), OutputSink.To(stderrWrite, name), log);
            }

            await WaitReadyAsync(ready, target.Path, cancellationToken).ConfigureAwait(false);
            return program;
        }
        catch
        {
            if (program is not null)
            {
                await program.DisposeAsync().ConfigureAwait(false);
            }

            stdoutWrite.Dispose();
            stderrWrite.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stdout.DisposeAsync().ConfigureAwait(false);
        await Stderr.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _process.WaitAsync(CancellationToken.None).WaitAsync(EndLimit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.LogProgramKilled(_log, _path, EndLimit.TotalSeconds);
            _process.PidFd.SendSignal(Signals.SIGKILL);
        }

        _process.Dispose();
    }

    // One byte or the end of the pipe: both mean ready.
    private static async Task WaitReadyAsync(FileDescriptor ready, string path, CancellationToken cancellationToken)
    {
        await using var stream = new FdStream(ready, ownsHandle: false);
        try
        {
            _ = await stream.ReadAsync(new byte[1], cancellationToken).AsTask().WaitAsync(ReadyLimit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            throw new SkerryException(FailureKind.TimedOut, $"the log program \"{path}\" was not ready after {ReadyLimit.TotalSeconds:0} s", cause: error);
        }
    }

    private static IEnumerable<string> InheritedEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}");
}
