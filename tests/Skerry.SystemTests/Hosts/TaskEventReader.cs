using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Skerry.SystemTests.Hosts;

/// <summary>Reads the events of a containerd while a test runs.</summary>
public sealed class TaskEventReader : IAsyncDisposable
{
    private readonly Process _events;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _reading;

    private TaskEventReader(Process events)
    {
        _events = events;
        _reading = ReadAsync();
    }

    public static TaskEventReader Start(ContainerdHost host) => new(host.StartCtr("events"));

    /// <summary>The exit status that the next exit event of a container's first process tells.</summary>
    public async Task<int> ExitStatusAsync(string container)
    {
        using var limit = new CancellationTokenSource(Tool.DefaultLimit);
        await foreach (string line in _lines.Reader.ReadAllAsync(limit.Token))
        {
            int topic = line.IndexOf(" /tasks/exit {", StringComparison.Ordinal);
            if (topic < 0)
            {
                continue;
            }

            using JsonDocument body = JsonDocument.Parse(line[line.IndexOf('{', topic)..]);
            if (body.RootElement.GetProperty("container_id").GetString() == container && body.RootElement.GetProperty("id").GetString() == container)
            {
                return body.RootElement.TryGetProperty("exit_status", out JsonElement status) ? status.GetInt32() : 0;
            }
        }

        throw new InvalidOperationException($"the events ended without the end of {container}");
    }

    public async ValueTask DisposeAsync()
    {
        _events.Kill();
        await _reading;
        await _events.WaitForExitAsync();
        _events.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _events.StandardOutput.ReadLineAsync() is { } line)
        {
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
