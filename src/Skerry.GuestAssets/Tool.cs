using System.ComponentModel;
using System.Diagnostics;
using Skerry.Core;

namespace Skerry.GuestAssets;

/// <summary>Runs one of Debian's programs to its end. Only for building assets; the shim and the agent never come here.</summary>
internal static class Tool
{
    private const int KeptErrorCharacters = 2000;

    /// <exception cref="GuestAssetException">HostDenied when the program is not installed; the hint names its package.</exception>
    internal static async Task<ToolResult> RunAsync(
        string program, IEnumerable<string> arguments, string package, ReadOnlyMemory<byte> input, CancellationToken cancellationToken, string? workingDirectory = null)
    {
        using Process process = Start(program, arguments, package, workingDirectory);
        try
        {
            using var output = new MemoryStream();
            Task reading = process.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await FeedAsync(process, input, cancellationToken).ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            string error = await errors.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return new ToolResult(process.ExitCode, output.ToArray(), Tail(error));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments, string package, string? workingDirectory)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? string.Empty,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        }
        catch (Win32Exception cause)
        {
            throw new GuestAssetException(FailureKind.HostDenied, $"cannot run \"{program}\"", $"install it: apt-get install {package}", cause);
        }
    }

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended before it read everything: its exit code and its own words say why.
            return;
        }
    }

    private static string Tail(string text) => text.Trim() is { Length: > KeptErrorCharacters } longer ? longer[^KeptErrorCharacters..] : text.Trim();
}
