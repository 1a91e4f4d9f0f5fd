namespace Skerry.Protocols.Ttrpc;

/// <summary>What a handler may know of its call, besides the request.</summary>
public sealed class TtrpcContext
{
    internal TtrpcContext(string service, string method, TimeSpan? timeout, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        Service = service;
        Method = method;
        Timeout = timeout;
        Metadata = metadata;
    }

    /// <summary>The full name of the service.</summary>
    public string Service { get; }

    /// <summary>The name of the method.</summary>
    public string Method { get; }

    /// <summary>How long the caller waits, or null without a limit. The handler's token is cancelled then.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>What the caller sent along, such as <c>traceparent</c>; a key may come more than once.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Service}/{Method}";
}
