using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Cli.Commands;
using Skerry.Cli.Output;
using Skerry.Core;
using Skerry.Images;
using Skerry.Protocols.Shim.RuntimeOptions;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Sandbox;

namespace Skerry.Cli.Containers;

/// <summary>
/// One <c>skerry run</c>: image, bundle, shim, create, start, and then either attached to the end or detached. Whatever
/// fails on the way, the container is removed again.
/// </summary>
internal sealed class ContainerRun(CommandContext context, RunOptions options)
{
    private const string CreateStep = "create asked for";

    private readonly RunningContainers _containers = new(context.Host);
    private readonly Timeline _timeline = new(TimeProvider.System);

    /// <summary>Runs the container; returns the process's exit code, or 0 when detached.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (options is { Detached: true, Terminal: true })
        {
            throw new SkerryException(FailureKind.InvalidArgument, "-t needs somebody who is attached, and -d attaches nobody", "leave out one of them");
        }

        ContainerId id = ContainerId.Parse(options.Name ?? Guid.NewGuid().ToString("N")[..12]);
        string directory = _containers.Store.Reserve(id);
        try
        {
            using var interrupt = new Interrupt(cancellationToken);
            StoredImage image = await context.Output.ShowProgressAsync(progress =>
                new ImageStore(context.Host.DataDirectory).ResolveAsync(options.Image, id, new ImageProgressSteps(progress), interrupt.Token));
            _timeline.Mark("image ready");
            (TaskClient task, ProcessIo? io) = await CreateAsync(id, directory, image, interrupt.Token);
            await using (task)
            {
                interrupt.Dispose();
                return options.Detached ? await DetachAsync(task, id, cancellationToken) : await AttachAsync(task, io!, id, cancellationToken);
            }
        }
        catch (Exception error)
        {
            throw await RemoveAfterAsync(id, error);
        }
    }

    private async Task<(TaskClient Task, ProcessIo? Io)> CreateAsync(
        ContainerId id, string directory, StoredImage image, CancellationToken cancellationToken)
    {
        ContainerBundle bundle = ContainerBundle.Create(directory, id, image, options);
        var record = new ContainerRecord
        {
            Name = id.Value,
            Image = options.Image,
            Command = bundle.Command,
            RootDirectories = bundle.RootDirectories,
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Terminal = options.Terminal,
            Detached = options.Detached,
            LogPath = options.Detached ? Path.Combine(directory, "output.log") : null,
        };
        _containers.Store.Save(record);
        record = record with { ShimAddress = await ShimLauncher.StartAsync(context.Host, id, bundle.Path, cancellationToken) };
        _containers.Store.Save(record);
        _timeline.Mark("shim ready");

        TaskClient task = await TaskClient.ConnectAsync(record.ShimAddress, id, cancellationToken);
        ProcessIo? io = options.Detached ? null : ProcessIo.Create(context.Host.StateDirectory, options.Interactive, options.Terminal);
        try
        {
            _timeline.Mark(CreateStep);
            await task.CreateAsync(Request(id, bundle, record, io), cancellationToken);
            return (task, io);
        }
        catch
        {
            await task.DisposeAsync();
            if (io is not null)
            {
                await io.DisposeAsync();
            }

            throw;
        }
    }

    private CreateTaskRequest Request(ContainerId id, ContainerBundle bundle, ContainerRecord record, ProcessIo? io)
    {
        string log = record.LogPath is null ? string.Empty : $"file://{record.LogPath}";
        var request = new CreateTaskRequest
        {
            Id = id.Value,
            Bundle = bundle.Path,
            Terminal = options.Terminal,
            Stdin = io?.Stdin ?? string.Empty,
            Stdout = io?.Stdout ?? log,
            Stderr = io?.Stderr ?? log,
            Rootfs = { bundle.RootMounts },
        };
        if (options.ConfigurationFile is { } file)
        {
            var value = new Options { ConfigPath = Path.GetFullPath(file) };
            request.Options = new Any { TypeUrl = "runtimeoptions.v1.Options", Value = value.ToByteString() };
        }

        return request;
    }

    private async Task<int> AttachAsync(TaskClient task, ProcessIo io, ContainerId id, CancellationToken cancellationToken)
    {
        int code;
        await using (io)
        {
            io.FirstOutput = () => _timeline.Mark("first output printed");
            code = await AttachedProcess.RunAsync(task, string.Empty, io, options.Terminal, cancellationToken);
            _timeline.Mark("exit reported");
        }

        if (options.RemoveWhenEnded)
        {
            await RunningContainers.DeleteAsync(task, cancellationToken);
            _timeline.Mark("cleaned up");
        }

        if (options.Timeline)
        {
            WriteTimeline(id);
        }

        if (options.RemoveWhenEnded)
        {
            _containers.Forget(id);
        }

        return code;
    }

    /// <summary>Prints our steps and those the shim left in the bundle; it writes them when the machine has ended.</summary>
    private void WriteTimeline(ContainerId id)
    {
        string file = Path.Combine(ContainerBundle.PathIn(_containers.Store.DirectoryOf(id)), SandboxTimeline.FileName);
        if (File.Exists(file))
        {
            _timeline.Add(File.ReadAllBytes(file), CreateStep);
        }

        context.Host.Error.Write(TableRenderer.ToPlainText(_timeline.ToTable()));
    }

    private async Task<int> DetachAsync(TaskClient task, ContainerId id, CancellationToken cancellationToken)
    {
        await task.StartAsync(string.Empty, cancellationToken);
        if (options.RemoveWhenEnded)
        {
            BackgroundCommand.Start(context.Host, ["rm", "--when-ended", "--force", id.Value]);
        }

        context.Output.WriteLine(id.Value);
        return 0;
    }

    private async Task<Exception> RemoveAfterAsync(ContainerId id, Exception error)
    {
        try
        {
            await _containers.RemoveAsync(id.Value, force: true, CancellationToken.None);
        }
        catch (Exception failure)
        {
            SkerryException told = error as SkerryException ?? new SkerryException(ErrorReport.KindOf(error), error.Message, cause: error.InnerException);
            told.CleanupFailures.Add(failure);
            return told;
        }

        return error is OperationCanceledException
            ? new SkerryException(FailureKind.Unavailable, $"interrupted: container \"{id}\" was removed again")
            : error;
    }
}
