using Skerry.Core;
using Skerry.Linux;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// Runs a container's OCI hooks on the host, in the runtime's namespaces, one after the other, with the container's state on
/// standard input. Runtime-spec 1.1, config.md "POSIX-platform Hooks".
/// </summary>
internal static class HookRunner
{
    private const int MostMessageBytes = 4096;

    /// <summary>Runs <paramref name="hooks"/> in their order.</summary>
    /// <param name="moment">The name of their list, for errors.</param>
    /// <param name="hooks">The hooks.</param>
    /// <param name="state">What they read.</param>
    /// <param name="cancellationToken">Kills the one that runs.</param>
    /// <exception cref="SkerryException">One could not be started, failed, or took longer than its timeout; later ones did not run.</exception>
    internal static async Task RunAsync(string moment, IReadOnlyList<OciHook> hooks, OciState state, CancellationToken cancellationToken)
    {
        byte[] json = OciJson.Write(state);
        for (int i = 0; i < hooks.Count; i++)
        {
            await RunAsync($"{moment} hook #{i} \"{hooks[i].Path}\" of container \"{state.Id}\"", hooks[i], json, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task RunAsync(string name, OciHook hook, byte[] state, CancellationToken cancellationToken)
    {
        (FileDescriptor inputRead, FileDescriptor inputWrite) = Pipes.Create();
        (FileDescriptor errorRead, FileDescriptor errorWrite) = Pipes.Create();
        await using var input = new FdStream(inputWrite);
        await using var error = new FdStream(errorRead);
        using SpawnedProcess process = Start(name, hook, inputRead, errorWrite);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (hook.Timeout is { } seconds)
        {
            limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        }

        try
        {
            Task<string> message = ReadAsync(error, limit.Token);
            await WriteAsync(input, state, limit.Token).ConfigureAwait(false);
            ExitStatus status = await process.WaitAsync(limit.Token).ConfigureAwait(false);
            if (status is not { Code: 0 })
            {
                string how = status.Signal is { } signal ? $"was killed by signal {signal}" : $"exited with code {status.Code}";
                string said = await message.ConfigureAwait(false);
                throw new SkerryException(FailureKind.FailedPrecondition, said.Length == 0 ? $"{name} {how}" : $"{name} {how}; it said: {said}");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.PidFd.SendSignal(Signals.SIGKILL);
            throw new SkerryException(FailureKind.TimedOut, $"{name} did not end within its timeout of {hook.Timeout} s");
        }
        catch (OperationCanceledException)
        {
            process.PidFd.SendSignal(Signals.SIGKILL);
            throw;
        }
    }

    // Its environment is exactly what the hook names: nothing of ours is passed on.
    private static SpawnedProcess Start(string name, OciHook hook, FileDescriptor input, FileDescriptor error)
    {
        using (input)
        using (error)
        {
            try
            {
                return Spawner.Spawn(new SpawnRequest
                {
                    Path = hook.Path,
                    Args = hook.Args.Count > 0 ? hook.Args : [hook.Path],
                    Environment = hook.Env,
                    WorkingDirectory = "/",
                    Stdin = input,
                    Stderr = error,
                    NewSession = true,
                });
            }
            catch (SpawnException failure)
            {
                throw new SkerryException(FailureKind.FailedPrecondition, $"cannot start {name}", cause: failure);
            }
        }
    }

    private static async Task WriteAsync(FdStream input, byte[] state, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(state, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It does not read its state, which is its right.
        }

        await input.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<string> ReadAsync(FdStream error, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MostMessageBytes];
        int length = 0;
        while (await error.ReadAsync(buffer.AsMemory(Math.Min(length, buffer.Length - 1)), cancellationToken).ConfigureAwait(false) is > 0 and int read)
        {
            // What is more than we keep is read all the same, so that the hook does not wait for us.
            length = Math.Min(length + read, buffer.Length);
        }

        return System.Text.Encoding.UTF8.GetString(buffer, 0, length).Trim();
    }
}
