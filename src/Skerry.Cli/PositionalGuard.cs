using System.CommandLine;
using Skerry.Cli.Commands;

namespace Skerry.Cli;

/// <summary>
/// Ends option parsing at the first positional argument of commands that run something, as people expect:
/// in <c>skerry run busybox ls -i</c> the <c>-i</c> belongs to <c>ls</c>. A <c>--</c> is put before the image.
/// </summary>
internal static class PositionalGuard
{
    /// <summary>Returns <paramref name="arguments"/>, with <c>--</c> before the first positional of a running command.</summary>
    internal static string[] Apply(RootCommand root, string[] arguments)
    {
        int at = Array.FindIndex(arguments, argument => !argument.StartsWith('-'));
        return at >= 0 && root.Subcommands.FirstOrDefault(command => command.Name == arguments[at]) is SkerryCommand { PassesOptionsOn: true } command
            ? Apply(root, command, arguments, at + 1)
            : arguments;
    }

    private static string[] Apply(RootCommand root, SkerryCommand command, string[] arguments, int start)
    {
        Option[] options = [.. root.Options, .. command.Options];
        for (int i = start; i < arguments.Length && arguments[i] != "--"; i++)
        {
            string token = arguments[i];
            if (token.Length < 2 || token[0] != '-')
            {
                return [.. arguments[..i], "--", .. arguments[i..]];
            }

            if (TakesNextToken(options, token))
            {
                i++;
            }
        }

        return arguments;
    }

    private static bool TakesNextToken(Option[] options, string token)
    {
        if (token.Contains('='))
        {
            return false;
        }

        // In a bundle of short options (-it) the last one decides.
        string name = token.StartsWith("--", StringComparison.Ordinal) ? token : "-" + token[^1];
        Option? option = Array.Find(options, candidate => candidate.Name == name || candidate.Aliases.Contains(name));
        return option is { Arity.MaximumNumberOfValues: > 0 } && option.ValueType != typeof(bool);
    }
}
