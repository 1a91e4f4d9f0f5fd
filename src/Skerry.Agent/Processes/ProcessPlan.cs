using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Seccomp;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Processes;

/// <summary>Turns an OCI process into a spawn request: who it is, what it may do, what it runs. The caller adds where it runs.</summary>
internal static class ProcessPlan
{
    private const uint DefaultUmask = 0b000_010_010;

    /// <summary>The request for <paramref name="process"/>.</summary>
    /// <param name="process">The OCI process.</param>
    /// <param name="byName">Names that stand in place of its numbers, or null.</param>
    /// <param name="users">The container's user database.</param>
    /// <param name="seccomp">The container's profile, or null.</param>
    /// <param name="stdio">Its standard streams.</param>
    /// <param name="ignored">Takes what was asked for but is not known here, for one warning.</param>
    /// <exception cref="SkerryException">InvalidArgument for what cannot be.</exception>
    public static SpawnRequest Build(
        Process process, StringUser? byName, UserDatabase users, LinuxSeccomp? seccomp, ProcessStdio stdio, ICollection<string> ignored)
    {
        if (process.Args.Count > 0 && process.Args[0].Length == 0)
        {
            throw StartErrors.Translate(string.Empty, null, new SpawnFailure(SpawnStage.FindProgram, Errno.ENOENT, "exec"));
        }

        if (process.Args.Count == 0)
        {
            throw new SkerryException(FailureKind.InvalidArgument, "the process has no program to run", "give at least one argument");
        }

        ProcessIdentity identity = UserResolver.Resolve(process.User, byName, users);
        IReadOnlyList<string> environment = EnvironmentBlock.Build(process.Env, identity.Home);
        SeccompFilter? filter = SeccompRequest.Compile(seccomp);
        return new SpawnRequest
        {
            Path = process.Args[0],
            Args = [.. process.Args],
            Environment = environment,
            WorkingDirectory = process.Cwd.Length > 0 ? process.Cwd : "/",
            Stdin = stdio.ChildStdin,
            Stdout = stdio.ChildStdout,
            Stderr = stdio.ChildStderr,
            OwnStdio = true,
            NewSession = true,
            AllocateTerminal = process.Terminal,
            Uid = identity.Uid,
            Gid = identity.Gid,
            SupplementaryGroups = identity.Groups,
            Capabilities = Capabilities(process.Capabilities, ignored),
            NoNewPrivileges = process.NoNewPrivileges,
            SeccompFilter = filter?.Program,
            SeccompFlags = filter?.Flags ?? 0,
            ResourceLimits = Limits(process.Rlimits),
            BestEffortLimits = System.Environment.ProcessId != 1,
            OomScoreAdj = (int)Math.Clamp(process.OOMScoreAdj, -1000, 1000),
            Umask = DefaultUmask,
        };
    }

    private static List<ResourceLimit> Limits(IEnumerable<POSIXRlimit> limits)
    {
        // A loop: System.Linq over a struct costs tens of kilobytes of program.
        var list = new List<ResourceLimit>();
        foreach (POSIXRlimit limit in limits)
        {
            list.Add(ResourceLimit.FromOci(limit.Type, limit.Soft, limit.Hard));
        }

        return list;
    }

    private static CapabilitySets Capabilities(LinuxCapabilities? names, ICollection<string> ignored)
    {
        CapabilitySets sets = CapabilitySets.FromNames(
            names?.Bounding, names?.Effective, names?.Inheritable, names?.Permitted, names?.Ambient, out IReadOnlyList<string> unknown);
        foreach (string name in unknown)
        {
            ignored.Add($"capability {name}");
        }

        return sets;
    }
}
