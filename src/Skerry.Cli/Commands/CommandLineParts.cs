using System.CommandLine;

namespace Skerry.Cli.Commands;

/// <summary>Arguments and shapes of options that several commands share.</summary>
internal static class CommandLineParts
{
    /// <summary>The name of one container.</summary>
    internal static Argument<string> ContainerName() => new("NAME") { Description = "The container." };

    /// <summary>The names of one or more containers.</summary>
    internal static Argument<string[]> ContainerNames() => new("NAME") { Description = "The containers.", Arity = ArgumentArity.OneOrMore };

    /// <summary>An option with a text.</summary>
    internal static Option<string?> Text(string name, string helpName, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = helpName };

    /// <summary>An option that may be given several times.</summary>
    internal static Option<string[]> List(string name, string helpName, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = helpName, Arity = ArgumentArity.OneOrMore };

    /// <summary>An option that is there or not.</summary>
    internal static Option<bool> Flag(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };
}
