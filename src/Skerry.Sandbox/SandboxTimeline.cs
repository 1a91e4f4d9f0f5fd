using System.Text.Json;

namespace Skerry.Sandbox;

/// <summary>When the steps of a sandbox's life happened, in milliseconds since its creation was asked for. Thread-safe.</summary>
public sealed class SandboxTimeline
{
    /// <summary>The annotation that asks for the timeline to be written to <see cref="FileName"/> in the bundle.</summary>
    public const string Annotation = "dev.skerry.timeline";

    /// <summary>The file in the bundle.</summary>
    public const string FileName = "timeline.json";

    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly Lock _lock = new();
    private readonly List<(string Step, TimeSpan At)> _steps = [];

    /// <summary>Starts the clock.</summary>
    public SandboxTimeline(TimeProvider clock)
    {
        _clock = clock;
        _start = clock.GetTimestamp();
    }

    /// <summary>What happened so far, in order.</summary>
    public IReadOnlyList<(string Step, TimeSpan At)> Steps
    {
        get
        {
            lock (_lock)
            {
                return [.. _steps];
            }
        }
    }

    /// <summary>Notes that <paramref name="step"/> has just happened; only the first time counts.</summary>
    public void Mark(string step) => Mark(step, _clock.GetElapsedTime(_start));

    /// <summary>Notes a step that another clock measured: <paramref name="offset"/> after <paramref name="timestamp"/>.</summary>
    public void Mark(string step, long timestamp, TimeSpan? offset)
    {
        if (offset is { } known)
        {
            Mark(step, _clock.GetElapsedTime(_start, timestamp) + known);
        }
    }

    /// <summary>Notes a step that happened <paramref name="ago"/>, as another machine's clock measured it.</summary>
    public void MarkAgo(string step, TimeSpan ago) => Mark(step, _clock.GetElapsedTime(_start) - ago);

    /// <summary>The steps as a JSON object of milliseconds.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            foreach ((string step, TimeSpan at) in Steps.OrderBy(step => step.At))
            {
                writer.WriteNumber(step, Math.Round(at.TotalMilliseconds, 3));
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private void Mark(string step, TimeSpan at)
    {
        lock (_lock)
        {
            if (!_steps.Exists(known => known.Step == step))
            {
                _steps.Add((step, at));
            }
        }
    }
}
