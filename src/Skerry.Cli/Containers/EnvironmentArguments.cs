using Skerry.Core;

namespace Skerry.Cli.Containers;

/// <summary>Environment variables as people give them: <c>K=V</c>, <c>K</c> for ours, and files with a line each.</summary>
internal static class EnvironmentArguments
{
    /// <summary>All variables as <c>K=V</c>: those of files first, so that the command line wins.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a file that is missing or an entry without a name.</exception>
    public static IReadOnlyList<string> Read(IEnumerable<string> files, IEnumerable<string> entries) =>
        [.. files.SelectMany(ReadFile).Concat(entries).Select(Expand).OfType<string>()];

    private static IEnumerable<string> ReadFile(string path)
    {
        try
        {
            return File.ReadAllLines(path).Select(line => line.TrimStart()).Where(line => line.Length > 0 && line[0] != '#');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"cannot read the environment file \"{path}\"", cause: error);
        }
    }

    /// <summary>A name alone passes our own variable on, and nothing when we have none.</summary>
    private static string? Expand(string entry)
    {
        int equals = entry.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0)
        {
            return entry;
        }

        if (equals == 0 || entry.Length == 0)
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"the environment variable \"{entry}\" has no name", "write it as NAME=VALUE");
        }

        return Environment.GetEnvironmentVariable(entry) is { } value ? $"{entry}={value}" : null;
    }
}
