using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Skerry.Cli.Commands;
using Skerry.Cli.Commands.Image;
using Skerry.Cli.Commands.Kernel;
using Skerry.Linux;

namespace Skerry.Cli;

/// <summary>The tree of commands, and how one line of arguments is run.</summary>
internal static class SkerryCommandLine
{
    /// <summary>Builds the tree. A command is one class in <c>Commands/</c> and one line here.</summary>
    internal static RootCommand Build(CliHost host)
    {
        var root = new RootCommand("Runs every container in its own micro-VM.")
        {
            new RunCommand(host),
            new PsCommand(host),
            new ExecCommand(host),
            new LogsCommand(host),
            new KillCommand(host),
            new StopCommand(host),
            new WaitCommand(host),
            new RmCommand(host),
            new InspectCommand(host),
            new MetricsCommand(host),
            new WhyCommand(host),
            new ImageCommand(host),
            new InstallAssetsCommand(host),
            new KernelCommand(host),
            new GcCommand(host),
            new CheckCommand(host),
            new EnvCommand(host),
            new ConfigCommand(host),
            new VersionCommand(host),
        };
        root.Options.Add(GlobalOptions.Config);
        root.Options.Add(GlobalOptions.Debug);
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction(host);
        ICollection<string> helpNames = root.Options.OfType<HelpOption>().Single().Aliases;
        helpNames.Clear();
        helpNames.Add("-h");
        return root;
    }

    /// <summary>Runs the command that <paramref name="args"/> names, and returns the exit code.</summary>
    internal static async Task<int> RunAsync(string[] args, CliHost host)
    {
        RootCommand root = Build(host);
        ParseResult line = root.Parse(args.Length == 0 ? ["--help"] : PositionalGuard.Apply(root, args));
        string[] faults = [.. MistakenOptions(line), .. line.Action is ParseErrorAction ? line.Errors.Select(error => error.Message) : []];
        if (faults.Length > 0)
        {
            // An argument that is no command makes the parser miss a command as well: the first fault is the one that helps.
            host.Error.WriteLine($"error: {faults[0]}\n  hint: {PathOf(line.CommandResult.Command)} --help");
            return ExitCodes.Usage;
        }

        var console = new InvocationConfiguration
        {
            Output = host.Out,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await line.InvokeAsync(console).ConfigureAwait(false);
        }
        catch (SyscallException error) when (error.Errno == Errno.EPIPE)
        {
            return ExitCodes.ReaderGone;
        }
    }

    /// <summary>The name by which a user calls a command: <c>skerry config lint</c>.</summary>
    internal static string PathOf(Command command)
    {
        var names = new List<string>();
        for (Command? current = command; current is not null and not RootCommand; current = current.Parents.OfType<Command>().FirstOrDefault())
        {
            names.Insert(0, current.Name);
        }

        return string.Join(' ', names.Prepend("skerry"));
    }

    /// <summary>The parser takes an unknown option for an argument where one may stand; after "--" that is what is meant.</summary>
    private static IEnumerable<string> MistakenOptions(ParseResult line)
    {
        if (line.CommandResult.Command is SkerryCommand { PassesOptionsOn: true } || line.Tokens.Any(token => token.Type == TokenType.DoubleDash))
        {
            return [];
        }

        return line.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Where(token => token.Value.Length > 1 && token.Value.StartsWith('-'))
            .Select(token => $"unknown option \"{token.Value}\"");
    }

    private sealed class VersionAction(CliHost host) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            host.Out.WriteLine($"skerry {ProgramVersion.Current.Version}");
            return ExitCodes.Success;
        }
    }
}
