using System.CommandLine;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Cli.Containers;
using Skerry.Core;
using Skerry.Oci;
using Skerry.Protocols.Shim.Tasks;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry exec</c>: runs an additional process in a container and is attached to it.</summary>
internal sealed class ExecCommand : RunningCommand
{
    private const string ProcessTypeUrl = "types.containerd.io/opencontainers/runtime-spec/1/Process";

    private readonly Option<bool> _interactive = CommandLineParts.Flag("--interactive", "Pass standard input on.", "-i");
    private readonly Option<bool> _terminal = CommandLineParts.Flag("--tty", "Give the process a terminal.", "-t");
    private readonly Option<string[]> _environment = CommandLineParts.List("--env", "K=V", "Set an environment variable; K alone passes ours on.", "-e");
    private readonly Option<string?> _workDirectory = CommandLineParts.Text("--workdir", "DIR", "The working directory.", "-w");
    private readonly Option<string?> _user = CommandLineParts.Text("--user", "USER[:GROUP]", "User and group, by name or number.", "-u");
    private readonly Argument<string> _name = CommandLineParts.ContainerName();

    private readonly Argument<string[]> _command = new("COMMAND") { Description = "The command and its arguments.", Arity = ArgumentArity.OneOrMore };

    internal ExecCommand(CliHost host)
        : base(host, "exec", "Runs a process in a running container.")
    {
        Add(_interactive);
        Add(_terminal);
        Add(_environment);
        Add(_workDirectory);
        Add(_user);
        Add(_name);
        Add(_command);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var containers = new RunningContainers(context.Host);
        ContainerRecord record = containers.Store.Load(context.Arguments.GetRequiredValue(_name));
        OciProcess process = MakeProcess(context.Arguments, record, containers.Store.DirectoryOf(ContainerId.Parse(record.Name)));
        string execId = $"exec-{Guid.NewGuid():N}"[..17];
        await using TaskClient task = await containers.ConnectAsync(record.Name, cancellationToken);
        await using ProcessIo io = ProcessIo.Create(context.Host.StateDirectory, context.Arguments.GetValue(_interactive), process.Terminal);
        await task.ExecAsync(
            new ExecProcessRequest
            {
                Id = record.Name,
                ExecId = execId,
                Terminal = process.Terminal,
                Stdin = io.Stdin,
                Stdout = io.Stdout,
                Stderr = io.Stderr,
                Spec = new Any { TypeUrl = ProcessTypeUrl, Value = ByteString.CopyFrom(OciJson.Write(process)) },
            },
            cancellationToken);
        int code = await AttachedProcess.RunAsync(task, execId, io, process.Terminal, cancellationToken);
        await task.DeleteAsync(execId, cancellationToken);
        return code;
    }

    private OciProcess MakeProcess(ParseResult arguments, ContainerRecord record, string containerDirectory) => ExecProcess.From(
        ContainerBundle.ReadSpec(containerDirectory),
        arguments.GetRequiredValue(_command),
        arguments.GetValue(_environment) ?? [],
        arguments.GetValue(_workDirectory),
        arguments.GetValue(_user) is { } user ? ContainerBundle.ResolveUser(record.RootDirectories, user).ToOciUser() : null,
        arguments.GetValue(_terminal));
}
