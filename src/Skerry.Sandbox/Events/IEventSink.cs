using Google.Protobuf;

namespace Skerry.Sandbox;

/// <summary>Takes the events of a sandbox, in order. Never waits and never fails: what cannot be delivered is its own business.</summary>
public interface IEventSink
{
    /// <summary>Takes one event.</summary>
    /// <param name="topic">The topic, as in <c>/tasks/exit</c>.</param>
    /// <param name="typeName">The message's full name, as in <c>containerd.events.TaskExit</c>.</param>
    /// <param name="message">The message; not changed afterwards.</param>
    void Publish(string topic, string typeName, IMessage message);
}
