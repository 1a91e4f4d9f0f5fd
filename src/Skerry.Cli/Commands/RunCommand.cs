using System.CommandLine;
using Skerry.Cli.Containers;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry run</c>: a container in its own micro-VM, from image to exit code.</summary>
internal sealed class RunCommand : RunningCommand
{
    private readonly Option<bool> _remove = CommandLineParts.Flag("--rm", "Remove the container when it ends.");
    private readonly Option<bool> _interactive = CommandLineParts.Flag("--interactive", "Pass standard input on.", "-i");
    private readonly Option<bool> _terminal = CommandLineParts.Flag("--tty", "Give the process a terminal.", "-t");
    private readonly Option<bool> _detach = CommandLineParts.Flag("--detach", "Print the name and return; output goes to a log.", "-d");
    private readonly Option<string?> _name = CommandLineParts.Text("--name", "NAME", "The container's name; without it a random one.");
    private readonly Option<string[]> _environment = CommandLineParts.List("--env", "K=V", "Set an environment variable; K alone passes ours on.", "-e");
    private readonly Option<string[]> _environmentFile = CommandLineParts.List("--env-file", "FILE", "Read environment variables from a file.");
    private readonly Option<string[]> _volume = CommandLineParts.List("--volume", "SRC:DST[:ro]", "Share a file or directory of the host.", "-v");
    private readonly Option<string[]> _tmpfs = CommandLineParts.List("--tmpfs", "DST[:OPTIONS]", "Mount a tmpfs.");
    private readonly Option<string?> _workDirectory = CommandLineParts.Text("--workdir", "DIR", "The working directory.", "-w");
    private readonly Option<string?> _user = CommandLineParts.Text("--user", "USER[:GROUP]", "User and group, by name or number.", "-u");
    private readonly Option<string?> _hostname = CommandLineParts.Text("--hostname", "NAME", "The host name in the container.");
    private readonly Option<string?> _entrypoint = CommandLineParts.Text("--entrypoint", "COMMAND", "Replace the image's entry point.");
    private readonly Option<bool> _readOnly = CommandLineParts.Flag("--read-only", "Make the root file system read-only.");
    private readonly Option<string[]> _capAdd = CommandLineParts.List("--cap-add", "CAP", "Add a capability, or ALL.");
    private readonly Option<string[]> _capDrop = CommandLineParts.List("--cap-drop", "CAP", "Drop a capability, or ALL.");
    private readonly Option<string[]> _ulimit = CommandLineParts.List("--ulimit", "NAME=SOFT[:HARD]", "Set a resource limit.");
    private readonly Option<string?> _memory = CommandLineParts.Text("--memory", "SIZE", "The memory limit, as in 256M.", "-m");
    private readonly Option<double?> _cpus = new("--cpus") { Description = "The CPU limit, as in 1.5.", HelpName = "N" };
    private readonly Option<string?> _network = CommandLineParts.Text("--network", "NET", "none (the default), user (the VMM's own, without privileges), or netns:PATH.");
    private readonly Option<string[]> _publish = CommandLineParts.List("--publish", "[ADDR:]HOST:GUEST[/udp]", "Lead a port of the host into the container; implies --network user.", "-p");
    private readonly Option<string[]> _dns = CommandLineParts.List("--dns", "ADDRESS", "The name server; without it the network's or the host's.");
    private readonly Option<bool> _timeline = CommandLineParts.Flag("--timeline", "Print the steps of start and end with their times.");

    private readonly Argument<string> _image = new("IMAGE")
    {
        Description = "oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, rootfs:DIR, docker://REFERENCE, or the name of an imported image.",
    };

    private readonly Argument<string[]> _command = new("COMMAND") { Description = "Command and arguments instead of the image's.", Arity = ArgumentArity.ZeroOrMore };

    internal RunCommand(CliHost host)
        : base(host, "run", "Runs a container in its own micro-VM.")
    {
        Option[] options =
        [
            _remove, _interactive, _terminal, _detach, _name, _environment, _environmentFile, _volume, _tmpfs, _workDirectory, _user, _hostname,
            _entrypoint, _readOnly, _capAdd, _capDrop, _ulimit, _memory, _cpus, _network, _publish, _dns, _timeline,
        ];
        foreach (Option option in options)
        {
            Add(option);
        }

        Add(_image);
        Add(_command);
    }

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken) =>
        new ContainerRun(context, Read(context.Arguments)).RunAsync(cancellationToken);

    private RunOptions Read(ParseResult parsed) => new()
    {
        Image = parsed.GetRequiredValue(_image),
        Command = parsed.GetValue(_command) ?? [],
        Name = parsed.GetValue(_name),
        RemoveWhenEnded = parsed.GetValue(_remove),
        Interactive = parsed.GetValue(_interactive),
        Terminal = parsed.GetValue(_terminal),
        Detached = parsed.GetValue(_detach),
        Environment = parsed.GetValue(_environment) ?? [],
        EnvironmentFiles = parsed.GetValue(_environmentFile) ?? [],
        Volumes = parsed.GetValue(_volume) ?? [],
        TemporaryFileSystems = parsed.GetValue(_tmpfs) ?? [],
        WorkDirectory = parsed.GetValue(_workDirectory),
        User = parsed.GetValue(_user),
        Hostname = parsed.GetValue(_hostname),
        Entrypoint = parsed.GetValue(_entrypoint),
        ReadOnly = parsed.GetValue(_readOnly),
        AddedCapabilities = parsed.GetValue(_capAdd) ?? [],
        DroppedCapabilities = parsed.GetValue(_capDrop) ?? [],
        Ulimits = parsed.GetValue(_ulimit) ?? [],
        Memory = parsed.GetValue(_memory),
        Cpus = parsed.GetValue(_cpus),
        Network = NetworkArgument.Parse(parsed.GetValue(_network), parsed.GetValue(_publish) ?? [], parsed.GetValue(_dns) ?? []),
        ConfigurationFile = parsed.GetValue(GlobalOptions.Config),
        Timeline = parsed.GetValue(_timeline),
    };
}
