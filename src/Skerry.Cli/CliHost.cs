using Skerry.Cli.Output;
using Skerry.Config;
using Skerry.Linux;

namespace Skerry.Cli;

/// <summary>What a run of the program sees of its surroundings; tests give it their own.</summary>
internal sealed record CliHost
{
    /// <summary>Where results go.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where errors, warnings and progress go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>True when <see cref="Out"/> is a terminal.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>True when <see cref="Error"/> is a terminal.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Reads an environment variable; null when it is unset.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>The installation the program belongs to.</summary>
    public InstallPrefix Prefix { get; init; } = InstallPrefix.OfThisProgram();

    /// <summary>The directory that holds <c>skerry/</c> and <c>kata-containers/</c>.</summary>
    public string EtcDirectory { get; init; } = "/etc";

    /// <summary>Where sandboxes keep their state: SKERRY_STATE_DIR, or /run/skerry.</summary>
    public string StateDirectory => Directory("SKERRY_STATE_DIR", "/run/skerry");

    /// <summary>Where images are kept: SKERRY_DATA_DIR, or /var/lib/skerry.</summary>
    public string DataDirectory => Directory("SKERRY_DATA_DIR", "/var/lib/skerry");

    /// <summary>The directory of this program and its siblings.</summary>
    public static string BinDirectory => Path.GetDirectoryName(System.Environment.ProcessPath) ?? "/usr/bin";

    /// <summary>Where what is built goes, beside the programs.</summary>
    public static string ShareDirectory => Path.GetFullPath(Path.Combine(BinDirectory, "..", "share", "skerry"));

    /// <summary>True for colours: the stream is a terminal, and neither NO_COLOR nor TERM=dumb says otherwise (https://no-color.org).</summary>
    public bool UsesColour(bool isTerminal) =>
        isTerminal && string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") != "dumb";

    /// <summary>The size of the terminal; zeros where it is unknown.</summary>
    public Func<(int Columns, int Rows)> TerminalSize { get; init; } = () => (0, 0);

    /// <summary>The console of the running process.</summary>
    public static CliHost OfThisProcess()
    {
        var @out = new FileDescriptor(1, ownsHandle: false);
        var error = new FileDescriptor(2, ownsHandle: false);
        return new CliHost
        {
            Out = WriterTo(@out),
            Error = WriterTo(error),
            OutIsTerminal = Terminals.IsTerminal(@out),
            ErrorIsTerminal = Terminals.IsTerminal(error),
            TerminalSize = () => SizeOf(Terminals.IsTerminal(@out) ? @out : error),
        };
    }

    private static TextWriter WriterTo(FileDescriptor descriptor) =>
        TextWriter.Synchronized(new StreamWriter(new DescriptorStream(descriptor)) { AutoFlush = true });

    private static (int Columns, int Rows) SizeOf(FileDescriptor terminal)
    {
        (ushort rows, ushort columns) = Pty.GetSize(terminal);
        return (columns, rows);
    }

    private string Directory(string variable, string otherwise) =>
        Environment(variable) is { Length: > 0 } path ? Path.GetFullPath(path) : otherwise;
}
