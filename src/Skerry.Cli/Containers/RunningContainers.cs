using Skerry.Core;
using Skerry.Images;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Protocols.Types;

namespace Skerry.Cli.Containers;

/// <summary>What the commands do with containers that exist: look, stop, remove. Talks to their shims.</summary>
internal sealed class RunningContainers(CliHost host)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    public ContainerStore Store { get; } = new(host.DataDirectory);

    /// <summary>Connects to the shim of a container.</summary>
    /// <exception cref="SkerryException">NotFound without such a container; Unavailable when its shim is gone.</exception>
    public async Task<TaskClient> ConnectAsync(string name, CancellationToken cancellationToken)
    {
        ContainerRecord record = Store.Load(name);
        try
        {
            return await TaskClient.ConnectAsync(record.ShimAddress, ContainerId.Parse(name), cancellationToken);
        }
        catch (SkerryException error)
        {
            throw new SkerryException(
                FailureKind.Unavailable,
                $"the sandbox of container \"{name}\" is gone",
                $"its shim or the machine ended; remove what is left: skerry rm -f {name}",
                error);
        }
    }

    /// <summary>What is true now about a container.</summary>
    /// <param name="record">The container.</param>
    /// <param name="withSandbox">Whether to ask the shim about its sandbox too.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public async Task<ContainerSummary> SummariseAsync(ContainerRecord record, bool withSandbox, CancellationToken cancellationToken)
    {
        var summary = new ContainerSummary
        {
            Name = record.Name,
            Image = record.Image,
            Command = record.Command,
            CreatedAt = record.CreatedAt,
            LogPath = record.LogPath,
            Bundle = ContainerBundle.PathIn(Store.DirectoryOf(ContainerId.Parse(record.Name))),
            Status = "lost",
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            await using TaskClient task = await ConnectAsync(record.Name, limit.Token);
            StateResponse state = await task.StateAsync(limit.Token);
            ConnectResponse connect = await task.ConnectInfoAsync(limit.Token);
            bool stopped = state.Status == Status.Stopped;
            return summary with
            {
                Status = state.Status.ToString().ToLowerInvariant(),
                Pid = (int)state.Pid,
                ShimPid = (int)connect.ShimPid,
                ExitCode = stopped ? (int)state.ExitStatus : null,
                ExitedAt = stopped ? state.ExitedAt?.ToDateTimeOffset() : null,
                Sandbox = withSandbox ? SandboxSummary.TryRead(host.StateDirectory, record.Name) : null,
            };
        }
        catch (Exception error) when (error is SkerryException or OperationCanceledException)
        {
            return summary;
        }
    }

    /// <summary>Ends what a container has on the host and removes it; works after its shim was killed, and twice.</summary>
    /// <param name="name">The container.</param>
    /// <param name="force">Whether a running container is killed first.</param>
    /// <param name="cancellationToken">Ends the wait, not the removal.</param>
    /// <exception cref="SkerryException">NotFound; FailedPrecondition when it runs and <paramref name="force"/> is false.</exception>
    public async Task RemoveAsync(string name, bool force, CancellationToken cancellationToken)
    {
        if (!ContainerId.TryParse(name, out ContainerId id) || !Directory.Exists(Store.DirectoryOf(id)))
        {
            throw new SkerryException(FailureKind.NotFound, $"there is no container named \"{name}\"", "list them: skerry ps --all");
        }

        string bundle = ContainerBundle.PathIn(Store.DirectoryOf(id));
        if (await TryConnectAsync(id, cancellationToken) is { } task)
        {
            await using (task)
            {
                await EndAsync(task, id, force, cancellationToken);
            }
        }
        else
        {
            await ShimLauncher.DeleteAsync(host, id, bundle, cancellationToken);
        }

        Forget(id);
    }

    /// <summary>Removes what is on disk about a container that has ended, and lets its image go.</summary>
    public void Forget(ContainerId id)
    {
        Store.Remove(id);
        new ImageStore(host.DataDirectory).Release(id);
    }

    /// <summary>Deletes a stopped task and ends its shim.</summary>
    public static async Task<DeleteResponse> DeleteAsync(TaskClient task, CancellationToken cancellationToken)
    {
        DeleteResponse deleted = await task.DeleteAsync(string.Empty, cancellationToken);
        await task.ShutdownAsync(cancellationToken);
        return deleted;
    }

    private static async Task EndAsync(TaskClient task, ContainerId id, bool force, CancellationToken cancellationToken)
    {
        if (await TryStateAsync(task, cancellationToken) is not { } state)
        {
            await task.ShutdownAsync(cancellationToken);
            return;
        }

        if (state.Status is not (Status.Stopped or Status.Created))
        {
            if (!force)
            {
                throw new SkerryException(
                    FailureKind.FailedPrecondition,
                    $"container \"{id}\" is {state.Status.ToString().ToLowerInvariant()}",
                    $"stop it first (skerry stop {id}), or remove it by force: skerry rm -f {id}");
            }

            await task.KillAsync(string.Empty, 9, all: true, cancellationToken);
            await task.WaitAsync(string.Empty, cancellationToken);
        }

        await DeleteAsync(task, cancellationToken);
    }

    /// <summary>The state of the task; null when the shim has none, as after a create that failed.</summary>
    private static async Task<StateResponse?> TryStateAsync(TaskClient task, CancellationToken cancellationToken)
    {
        try
        {
            return await task.StateAsync(cancellationToken);
        }
        catch (SkerryException error) when (error.Kind == FailureKind.NotFound)
        {
            return null;
        }
    }

    private async Task<TaskClient?> TryConnectAsync(ContainerId id, CancellationToken cancellationToken)
    {
        try
        {
            return await ConnectAsync(id.Value, cancellationToken);
        }
        catch (SkerryException)
        {
            return null;
        }
    }
}
