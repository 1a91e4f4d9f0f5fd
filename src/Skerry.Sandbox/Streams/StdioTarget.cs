using Skerry.Core;

namespace Skerry.Sandbox;

/// <summary>One stdio name, taken apart.</summary>
/// <param name="Kind">What stands behind it.</param>
/// <param name="Path">The fifo, file or program; empty for none.</param>
/// <param name="Arguments">The program's arguments: keys and values of the query, in their order.</param>
internal sealed record StdioTarget(StdioKind Kind, string Path, IReadOnlyList<string> Arguments)
{
    private static readonly StdioTarget Nothing = new(StdioKind.None, string.Empty, []);

    /// <summary>Takes <paramref name="name"/> apart; the scheme decides, a plain path is a fifo.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a scheme we do not know, or a path that is not absolute.</exception>
    internal static StdioTarget Parse(string name)
    {
        if (name.Length == 0)
        {
            return Nothing;
        }

        int colon = name.IndexOf("://", StringComparison.Ordinal);
        if (colon < 0)
        {
            return new StdioTarget(StdioKind.Fifo, CheckAbsolute(name, name), []);
        }

        string rest = name[(colon + 3)..];
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        string path = Uri.UnescapeDataString(question < 0 ? rest : rest[..question]);
        IReadOnlyList<string> arguments = question < 0 ? [] : ParseQuery(rest[(question + 1)..]);
        StdioKind kind = name[..colon] switch
        {
            "fifo" => StdioKind.Fifo,
            "file" => StdioKind.File,
            "binary" => StdioKind.Binary,
            string scheme => throw new SkerryException(
                FailureKind.InvalidArgument, $"unknown STDIO scheme {scheme} in \"{name}\"", "use a fifo's path, fifo://, file:// or binary://"),
        };
        return new StdioTarget(kind, CheckAbsolute(path, name), arguments);
    }

    private static string CheckAbsolute(string path, string name) => path.StartsWith('/')
        ? path
        : throw new SkerryException(FailureKind.InvalidArgument, $"the path in \"{name}\" is not absolute");

    private static List<string> ParseQuery(string query)
    {
        var arguments = new List<string>();
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            arguments.Add(Decode(equals < 0 ? pair : pair[..equals]));
            if (equals >= 0)
            {
                arguments.Add(Decode(pair[(equals + 1)..]));
            }
        }

        return arguments;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
