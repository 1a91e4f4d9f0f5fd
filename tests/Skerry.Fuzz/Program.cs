using System.Globalization;
using Skerry.Fuzz;

// fuzz [TARGET…] [--seconds N] [--seed N] [--iteration N]; without "fuzz" the arguments are xunit's.
if (args is not ["fuzz", ..])
{
    return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}

double seconds = double.Parse(Option("--seconds") ?? "60", CultureInfo.InvariantCulture);
int seed = int.Parse(Option("--seed") ?? Random.Shared.Next().ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
string? iteration = Option("--iteration");
string[] names = [.. args.Skip(1).Where((word, index) => !word.StartsWith("--", StringComparison.Ordinal) && !args[index].StartsWith("--", StringComparison.Ordinal))];
IFuzzTarget[] targets = [.. FuzzTargets.All.Where(target => names.Length == 0 || names.Contains(target.Name))];
if (targets.Length == 0)
{
    Console.Error.WriteLine($"no such target; there are: {string.Join(", ", FuzzTargets.All.Select(target => target.Name))}");
    return 2;
}

int failed = 0;
foreach (IFuzzTarget target in targets)
{
    try
    {
        Fuzz(target);
    }
    catch (FuzzFinding finding)
    {
        failed++;
        Console.Error.WriteLine($"{finding.Message}\n{finding.InnerException}");
    }
}

return failed == 0 ? 0 : 1;

void Fuzz(IFuzzTarget target)
{
    var runner = new FuzzRunner(target, seed);
    if (iteration is not null)
    {
        runner.RunOne(int.Parse(iteration, CultureInfo.InvariantCulture));
        Console.WriteLine($"{target.Name}: stands iteration {iteration} of seed {seed}");
        return;
    }

    int count = runner.RunFor(TimeSpan.FromSeconds(seconds), CancellationToken.None);
    Console.WriteLine($"{target.Name}: {count} inputs in {seconds} s, seed {seed}");
}

string? Option(string name)
{
    int index = Array.IndexOf(args, name);
    return index >= 0 && index + 1 < args.Length ? args[index + 1] : null;
}
