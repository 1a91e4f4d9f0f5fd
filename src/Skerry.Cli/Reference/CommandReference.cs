using System.CommandLine;
using System.CommandLine.Help;
using System.Text;

namespace Skerry.Cli.Reference;

/// <summary>Writes docs/reference/cli.md from the tree of commands.</summary>
internal static class CommandReference
{
    private const string Introduction = """
        # Commands

        This page is generated from the program, and a test compares them.

        Results go to standard output, everything else to standard error. `--json` prints one JSON value. Colours and progress bars
        need a terminal; `NO_COLOR` switches colours off. `SKERRY_STATE_DIR` (default /run/skerry) and `SKERRY_DATA_DIR` (default
        /var/lib/skerry) name the directories in use, `SKERRY_CONFIG` the configuration file. Exit codes are in
        [errors.md](errors.md), configuration keys in [config.md](config.md).

        """;

    internal static string ToMarkdown(RootCommand root)
    {
        var page = new StringBuilder(Introduction);
        page.Append("\n## Options of every command\n\n");
        AppendOptions(page, root.Options.Where(option => option is { Hidden: false, Recursive: true }));
        foreach (Command command in Leaves(root))
        {
            AppendCommand(page, command);
        }

        return page.ToString();
    }

    private static IEnumerable<Command> Leaves(Command command) => command.Subcommands.Where(child => !child.Hidden)
        .OrderBy(child => child.Name, StringComparer.Ordinal)
        .SelectMany(child => child.Subcommands.Count == 0 ? [child] : Leaves(child));

    private static void AppendCommand(StringBuilder page, Command command)
    {
        string arguments = string.Concat(command.Arguments.Where(argument => !argument.Hidden).Select(argument => " " + Usage(argument)));
        string options = command.Options.Any(option => option is not HelpOption) ? " [OPTIONS]" : string.Empty;
        page.Append($"\n## `{SkerryCommandLine.PathOf(command)}`\n\n{command.Description}\n\n```\n{SkerryCommandLine.PathOf(command)}{options}{arguments}\n```\n");
        string described = string.Concat(command.Arguments.Where(argument => argument.Description is not null)
            .Select(argument => $"| `{argument.Name}` | {argument.Description} |\n"));
        if (described.Length > 0)
        {
            page.Append($"\n| argument | meaning |\n| --- | --- |\n{described}");
        }

        if (command.Options.Any(option => !option.Hidden && option is not HelpOption))
        {
            page.Append('\n');
            AppendOptions(page, command.Options.Where(option => !option.Hidden && option is not HelpOption));
        }
    }

    private static string Usage(Argument argument)
    {
        string name = argument.Arity.MaximumNumberOfValues > 1 ? argument.Name + "..." : argument.Name;
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    private static void AppendOptions(StringBuilder page, IEnumerable<Option> options)
    {
        page.Append("| option | meaning |\n| --- | --- |\n");
        foreach (Option option in options.OrderBy(option => option.Name, StringComparer.Ordinal))
        {
            string names = string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Append(option.Name).Select(name => $"`{name}`"));
            string value = option.ValueType == typeof(bool) || option is HelpOption ? string.Empty : $" `{option.HelpName ?? "VALUE"}`";
            page.Append($"| {names}{value} | {option.Description} |\n");
        }
    }
}
