using Skerry.Core;

namespace Skerry.Linux.Seccomp;

/// <summary>The rules of a profile sorted by system call number, for one architecture.</summary>
/// <param name="ByNumber">The clauses of each call, in the order of their numbers; the first clause that matches decides.</param>
/// <param name="LastNumber">The highest number the profile names, whatever it says of it; 0 when it names none.</param>
internal sealed record SyscallRules(IReadOnlyList<(int Number, IReadOnlyList<SyscallRules.Clause> Clauses)> ByNumber, int LastNumber)
{
    private const uint ArgumentCount = 6;

    /// <summary>One alternative of a call.</summary>
    /// <param name="ReturnValue">What the filter returns.</param>
    /// <param name="Conditions">What must hold; empty is always.</param>
    internal sealed record Clause(uint ReturnValue, IReadOnlyList<SeccompArgument> Conditions);

    internal static SyscallRules Of(SeccompProfile profile, SyscallTable table, uint defaultValue)
    {
        var calls = new SortedDictionary<int, List<Clause>>();
        int last = 0;
        foreach (SeccompRule rule in profile.Syscalls)
        {
            uint value = SeccompNames.ReturnValueOf(rule.Action, rule.ErrnoReturn);
            List<Clause> clauses = ClausesOf(rule, value);
            foreach (string name in rule.Names)
            {
                if (!table.TryGetNumber(name, out int number))
                {
                    continue;
                }

                last = Math.Max(last, number);
                if (value != defaultValue)
                {
                    Add(calls, number, clauses);
                }
            }
        }

        return new SyscallRules([.. calls.Select(c => (c.Key, (IReadOnlyList<Clause>)c.Value))], last);
    }

    private static void Add(SortedDictionary<int, List<Clause>> calls, int number, List<Clause> clauses)
    {
        if (!calls.TryGetValue(number, out List<Clause>? known))
        {
            calls.Add(number, [.. clauses]);
        }
        else if (known[0].Conditions.Count > 0)
        {
            if (clauses[0].Conditions.Count == 0)
            {
                known.Clear();
            }

            known.AddRange(clauses);
        }
    }

    private static List<Clause> ClausesOf(SeccompRule rule, uint value)
    {
        if (rule.Names.Count == 0 || rule.Names.Contains(string.Empty))
        {
            throw new SkerryException(FailureKind.InvalidArgument, "a seccomp rule names no system call");
        }

        foreach (SeccompArgument argument in rule.Arguments)
        {
            Check(argument, rule.Names[0]);
        }

        bool oneEach = rule.Arguments.DistinctBy(a => a.Index).Count() == rule.Arguments.Count;
        return oneEach
            ? [new Clause(value, rule.Arguments)]
            : [.. rule.Arguments.Select(argument => new Clause(value, [argument]))];
    }

    private static void Check(SeccompArgument argument, string name)
    {
        if (argument.Index >= ArgumentCount)
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"seccomp rule for \"{name}\": argument {argument.Index} does not exist", "arguments are 0 to 5");
        }

        if (!SeccompConditions.Operators.Contains(argument.Operator))
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"seccomp rule for \"{name}\": operator \"{argument.Operator}\" is not known", "use one of the SCMP_CMP_ names of the OCI spec");
        }
    }
}
