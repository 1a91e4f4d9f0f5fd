using Skerry.Linux.Seccomp;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Processes;

/// <summary>Turns the seccomp profile of a request into a filter for the kernel.</summary>
internal static class SeccompRequest
{
    /// <summary>The filter; null when the request has no profile.</summary>
    /// <exception cref="Core.SkerryException">InvalidArgument for an action, operator or flag that nobody knows.</exception>
    public static SeccompFilter? Compile(LinuxSeccomp? seccomp) =>
        seccomp is null || seccomp.DefaultAction.Length == 0 ? null : SeccompCompiler.Compile(Profile(seccomp));

    private static SeccompProfile Profile(LinuxSeccomp seccomp) => new()
    {
        DefaultAction = seccomp.DefaultAction,
        Architectures = [.. seccomp.Architectures],
        Flags = seccomp.Flags.Count > 0 ? [.. seccomp.Flags] : null,
        Syscalls = [.. seccomp.Syscalls.Select(Rule)],
    };

    private static SeccompRule Rule(LinuxSyscall call) => new()
    {
        Names = [.. call.Names],
        Action = call.Action,
        ErrnoReturn = call.HasErrnoret ? call.Errnoret : null,
        Arguments = Arguments(call),
    };

    private static List<SeccompArgument> Arguments(LinuxSyscall call)
    {
        var arguments = new List<SeccompArgument>();
        foreach (LinuxSeccompArg argument in call.Args)
        {
            arguments.Add(new SeccompArgument((uint)Math.Min(argument.Index, uint.MaxValue), argument.Value, argument.ValueTwo, argument.Op));
        }

        return arguments;
    }
}
