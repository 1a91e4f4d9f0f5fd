using Skerry.Oci;

namespace Skerry.Cli.Containers;

/// <summary>Makes the process of <c>exec</c> from the container's own, changed by what was asked for.</summary>
internal static class ExecProcess
{
    public static OciProcess From(
        OciSpec spec,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        string? workDirectory,
        OciUser? user,
        bool terminal)
    {
        OciProcess init = spec.Process ?? new OciProcess();
        IReadOnlyList<string> added = EnvironmentArguments.Read([], environment);
        IEnumerable<string> kept = init.Env.Where(entry => !added.Any(other => NameOf(other) == NameOf(entry)));
        return init with
        {
            Args = arguments,
            Env = [.. kept, .. added],
            Cwd = workDirectory ?? init.Cwd,
            User = user ?? init.User,
            Terminal = terminal,
        };
    }

    private static string NameOf(string entry) => entry.Split('=', 2)[0];
}
