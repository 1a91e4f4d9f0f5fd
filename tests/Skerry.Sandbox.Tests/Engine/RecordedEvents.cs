using System.Collections.Concurrent;
using Google.Protobuf;

namespace Skerry.Sandbox.Tests.Engine;

/// <summary>Remembers events in order.</summary>
internal sealed class RecordedEvents : IEventSink
{
    private readonly ConcurrentQueue<(string Topic, IMessage Message)> _events = new();

    internal IReadOnlyList<string> Topics => [.. _events.Select(entry => entry.Topic)];

    internal T Last<T>() => _events.Select(entry => entry.Message).OfType<T>().Last();

    public void Publish(string topic, string typeName, IMessage message)
    {
        Assert.EndsWith(message.GetType().Name, typeName, StringComparison.Ordinal);
        _events.Enqueue((topic, message));
    }
}
