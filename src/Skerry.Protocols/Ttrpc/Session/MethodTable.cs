using System.Text;

namespace Skerry.Protocols.Ttrpc.Session;

/// <summary>The methods of a server, found without making strings of the names on the wire.</summary>
internal sealed class MethodTable
{
    private const int MaxName = 256;

    private readonly Dictionary<string, ServerMethod> _methods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _services = new(StringComparer.Ordinal);

    /// <summary>Adds a method.</summary>
    /// <exception cref="ArgumentException">It is there already.</exception>
    internal void Add(ServerMethod method)
    {
        _methods.Add($"{method.Service}/{method.Method}", method);
        _services.Add(method.Service);
    }

    /// <summary>Finds a method by its UTF-8 names; null when there is none.</summary>
    internal ServerMethod? Find(ReadOnlySpan<byte> service, ReadOnlySpan<byte> method)
    {
        if (service.Length + method.Length >= MaxName)
        {
            return null;
        }

        Span<char> name = stackalloc char[MaxName];
        int length = Encoding.UTF8.GetChars(service, name);
        name[length++] = '/';
        length += Encoding.UTF8.GetChars(method, name[length..]);
        _methods.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out ServerMethod? found);
        return found;
    }

    /// <summary>The answer to a call of a method that <see cref="Find"/> does not know: it names what is missing.</summary>
    internal TtrpcException Unknown(ReadOnlySpan<byte> service, ReadOnlySpan<byte> method)
    {
        string serviceName = Text(service);
        string message = _services.Contains(serviceName)
            ? $"method \"{Text(method)}\" of service \"{serviceName}\" is not implemented"
            : $"service \"{serviceName}\" (called for \"{Text(method)}\") is not implemented";
        return new TtrpcException(TtrpcStatusCode.Unimplemented, message);
    }

    private static string Text(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name[..Math.Min(name.Length, MaxName)]);
}
