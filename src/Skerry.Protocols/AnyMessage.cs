using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Skerry.Protocols;

/// <summary>Packs and unpacks <see cref="Any"/> as containerd does: the type URL is the bare full name of the message.</summary>
/// <remarks>
/// The name is given by the caller: asking a message for its descriptor would build the reflection tables of its whole file,
/// which costs a shim about a megabyte.
/// </remarks>
public static class AnyMessage
{
    /// <summary>Packs <paramref name="message"/> under <paramref name="fullName"/>, as in <c>containerd.events.TaskExit</c>.</summary>
    public static Any Pack(string fullName, IMessage message) => new() { TypeUrl = fullName, Value = message.ToByteString() };

    /// <summary>True when <paramref name="any"/> holds a <paramref name="fullName"/>, with or without a prefix that ends in <c>/</c>.</summary>
    public static bool Is(Any? any, string fullName)
    {
        if (any is null)
        {
            return false;
        }

        ReadOnlySpan<char> url = any.TypeUrl;
        return url[(url.LastIndexOf('/') + 1)..].SequenceEqual(fullName);
    }

    /// <summary>Reads the message out of <paramref name="any"/>, whatever its type URL says; check <see cref="Is"/> first.</summary>
    /// <exception cref="InvalidProtocolBufferException">The value is not such a message.</exception>
    public static T Unpack<T>(Any any, MessageParser<T> parser)
        where T : IMessage<T> => parser.ParseFrom(any.Value);
}
