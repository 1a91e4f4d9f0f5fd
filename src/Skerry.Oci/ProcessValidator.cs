namespace Skerry.Oci;

/// <summary>Collects every fault of a process, be it a container's first or an additional one.</summary>
public static class ProcessValidator
{
    /// <summary>The faults of <paramref name="process"/>, each starting with <paramref name="where"/>; empty when it can be run.</summary>
    public static IReadOnlyList<string> Run(OciProcess process, string where = "process")
    {
        var faults = new List<string>();
        if (process.Args.Count == 0)
        {
            faults.Add($"{where}.args: must not be empty");
        }

        if (!process.Cwd.StartsWith('/'))
        {
            faults.Add($"{where}.cwd: \"{process.Cwd}\" is not an absolute path");
        }

        if (process.OomScoreAdj is < -1000 or > 1000)
        {
            faults.Add($"{where}.oomScoreAdj: {process.OomScoreAdj} is not from -1000 to 1000");
        }

        CheckNoNul(process.Args, $"{where}.args", faults);
        CheckNoNul(process.Env, $"{where}.env", faults);
        CheckEnv(process.Env, $"{where}.env", faults);
        CheckRlimits(process.Rlimits, $"{where}.rlimits", faults);
        return faults;
    }

    private static void CheckNoNul(IReadOnlyList<string> values, string where, List<string> faults)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] is null || values[i].Contains('\0', StringComparison.Ordinal))
            {
                faults.Add($"{where}[{i}]: null, or holds a NUL byte");
            }
        }
    }

    // An entry without "=" is passed on as it is, as runc does; one without a name cannot mean anything.
    private static void CheckEnv(IReadOnlyList<string> env, string where, List<string> faults)
    {
        for (int i = 0; i < env.Count; i++)
        {
            if (env[i] is { } entry && (entry.Length == 0 || entry[0] == '='))
            {
                faults.Add($"{where}[{i}]: \"{entry}\" has no name");
            }
        }
    }

    private static void CheckRlimits(IReadOnlyList<OciRlimit> limits, string where, List<string> faults)
    {
        var seen = new HashSet<string>();
        for (int i = 0; i < limits.Count; i++)
        {
            OciRlimit limit = limits[i];
            if (!limit.Type.StartsWith("RLIMIT_", StringComparison.Ordinal))
            {
                faults.Add($"{where}[{i}].type: \"{limit.Type}\" is not a limit such as RLIMIT_NOFILE");
            }

            if (!seen.Add(limit.Type))
            {
                faults.Add($"{where}[{i}].type: \"{limit.Type}\" is listed twice");
            }

            if (limit.Soft > limit.Hard)
            {
                faults.Add($"{where}[{i}].soft: {limit.Soft} is above the hard limit {limit.Hard}");
            }
        }
    }
}
