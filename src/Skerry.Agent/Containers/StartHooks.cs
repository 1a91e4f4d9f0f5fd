using System.Globalization;
using System.Text;
using Skerry.Agent.Console;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Containers;

/// <summary>
/// Runs the <c>startContainer</c> hooks: programs of the container, in its namespaces, after everything is prepared and before its
/// init runs its own. Each reads the container's state on standard input. Runtime-spec 1.1, config.md "POSIX-platform Hooks".
/// </summary>
internal static class StartHooks
{
    private const CloneFlags AllOfContainer =
        CloneFlags.CLONE_NEWNS | CloneFlags.CLONE_NEWPID | CloneFlags.CLONE_NEWIPC | CloneFlags.CLONE_NEWUTS | CloneFlags.CLONE_NEWCGROUP;

    /// <summary>Runs them in their order.</summary>
    /// <exception cref="SkerryException">One failed or took too long; later ones did not run.</exception>
    public static async Task RunAsync(ContainerParts parts, CancellationToken cancellationToken)
    {
        foreach (Hook hook in parts.StartHooks)
        {
            await RunAsync(parts, hook, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The state as JSON.</summary>
    internal static byte[] StateOf(string id, int pid, IReadOnlyDictionary<string, string> annotations)
    {
        StringBuilder text = new StringBuilder("{\"ociVersion\":\"1.1.0\",\"id\":").AppendJsonString(id)
            .Append(CultureInfo.InvariantCulture, $",\"status\":\"created\",\"pid\":{pid},\"bundle\":\"/\",\"annotations\":{{");
        string comma = string.Empty;
        foreach ((string key, string value) in annotations)
        {
            text.Append(comma).AppendJsonString(key).Append(':').AppendJsonString(value);
            comma = ",";
        }

        return Encoding.UTF8.GetBytes(text.Append("}}").ToString());
    }

    private static async Task RunAsync(ContainerParts parts, Hook hook, CancellationToken cancellationToken)
    {
        string name = $"startContainer hook \"{hook.Path}\" of container \"{parts.Id}\"";
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        await using var input = new FdStream(write);
        using SpawnedProcess process = await StartAsync(parts, hook, name, read).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (hook.Timeout > 0)
        {
            limit.CancelAfter(TimeSpan.FromSeconds(Math.Min(hook.Timeout, int.MaxValue / 1000)));
        }

        try
        {
            await WriteAsync(input, StateOf(parts.Id, parts.Init.Pid, parts.Annotations), limit.Token).ConfigureAwait(false);
            ExitStatus status = await process.WaitAsync(limit.Token).ConfigureAwait(false);
            if (status is not { Code: 0 })
            {
                string how = status.Signal is { } signal ? $"was killed by signal {signal}" : $"exited with code {status.Code}";
                throw new SkerryException(FailureKind.FailedPrecondition, $"{name} {how}");
            }
        }
        catch (OperationCanceledException)
        {
            process.PidFd.SendSignal(Signals.SIGKILL);
            cancellationToken.ThrowIfCancellationRequested();
            throw new SkerryException(FailureKind.TimedOut, $"{name} did not end within its timeout of {hook.Timeout} s");
        }
    }

    private static async Task<SpawnedProcess> StartAsync(ContainerParts parts, Hook hook, string name, FileDescriptor input)
    {
        using (input)
        {
            try
            {
                return await parts.Launcher.StartHookAsync(
                    new SpawnRequest
                    {
                        Path = hook.Path,
                        Args = hook.Args.Count > 0 ? [.. hook.Args] : [hook.Path],
                        Environment = [.. hook.Env],
                        WorkingDirectory = "/",
                        Stdin = input,
                        NewSession = true,
                        JoinNamespaces = [(parts.Init.PidFd, AllOfContainer)],
                        CgroupProcsFiles = [parts.Cgroup.ProcsFile],
                    },
                    parts.Cgroup).ConfigureAwait(false);
            }
            catch (SkerryException error)
            {
                throw new SkerryException(FailureKind.FailedPrecondition, $"cannot start {name}", cause: error);
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
}
