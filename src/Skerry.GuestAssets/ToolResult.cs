namespace Skerry.GuestAssets;

/// <summary>What a helper program left: its exit code, standard output, and the end of its standard error.</summary>
internal sealed record ToolResult(int ExitCode, byte[] Output, string LastError);
