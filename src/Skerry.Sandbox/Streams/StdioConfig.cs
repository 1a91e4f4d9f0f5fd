namespace Skerry.Sandbox;

/// <summary>Where a process's input comes from and its output goes, as the manager named it (containerd shim contract, "Stdio").</summary>
/// <param name="Stdin">A fifo's path; empty for none.</param>
/// <param name="Stdout">A fifo's path, <c>fifo://</c>, <c>file://</c> or <c>binary://</c>; empty for none.</param>
/// <param name="Stderr">As <paramref name="Stdout"/>; unused with a terminal.</param>
/// <param name="Terminal">The process gets a terminal, whose output is <paramref name="Stdout"/>.</param>
public sealed record StdioConfig(string Stdin, string Stdout, string Stderr, bool Terminal)
{
    /// <summary>No input, no output.</summary>
    public static StdioConfig None { get; } = new(string.Empty, string.Empty, string.Empty, Terminal: false);
}
