using System.Globalization;
using System.Text.Json;
using Skerry.Cli.Output;

namespace Skerry.Cli.Containers;

/// <summary>The steps of a container's start and end, from this program and from the shim, on one clock.</summary>
internal sealed class Timeline(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly List<(string Step, DateTimeOffset At)> _steps = [];
    private readonly DateTimeOffset _start = clock.GetUtcNow();

    /// <summary>Notes that a step has happened now; the first time counts.</summary>
    public void Mark(string step)
    {
        lock (_lock)
        {
            if (!_steps.Any(known => known.Step == step))
            {
                _steps.Add((step, clock.GetUtcNow()));
            }
        }
    }

    /// <summary>Adds the shim's steps: a JSON object of milliseconds since <paramref name="origin"/> was marked.</summary>
    /// <param name="json">The file that a shim leaves in the bundle when it is asked to.</param>
    /// <param name="origin">The step of ours at which the shim's clock started.</param>
    public void Add(ReadOnlySpan<byte> json, string origin)
    {
        Dictionary<string, double> steps = JsonSerializer.Deserialize(json, ContainerJson.Default.DictionaryStringDouble) ?? [];
        lock (_lock)
        {
            DateTimeOffset start = _steps.Find(step => step.Step == origin).At;
            _steps.AddRange(steps.Select(step => (step.Key.Replace('-', ' '), start.AddMilliseconds(step.Value))));
        }
    }

    /// <summary>The steps in order, milliseconds since the start and since the step before.</summary>
    public TableView ToTable()
    {
        DateTimeOffset before = _start;
        var rows = new List<IReadOnlyList<string>>();
        foreach ((string step, DateTimeOffset at) in _steps.OrderBy(step => step.At))
        {
            rows.Add([step, Milliseconds(at - _start), "+" + Milliseconds(at - before)]);
            before = at;
        }

        return new TableView(["STEP", "AT (ms)", "TOOK (ms)"], rows);
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
}
