using System.ComponentModel;
using System.Diagnostics;
using Skerry.Core;

namespace Skerry.Images;

/// <summary>Starts a program of the system. Only commands a person runs come here: images are never handled in the shim or the agent.</summary>
internal static class Tool
{
    private const int KeptCharacters = 2000;

    /// <summary>Starts <paramref name="program"/> with its three streams redirected.</summary>
    /// <exception cref="ImageException">HostDenied when it is not installed; the hint names its package.</exception>
    internal static Process Start(string program, IEnumerable<string> arguments, string package, string purpose)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        }
        catch (Win32Exception cause)
        {
            throw new ImageException(FailureKind.HostDenied, $"cannot {purpose}: {program} is not installed", $"install it: apt-get install {package}", cause);
        }
    }

    /// <summary>Runs <paramref name="program"/> to its end.</summary>
    /// <exception cref="ImageException">Unavailable, with the program's own last words, when it fails.</exception>
    internal static async Task RunAsync(string program, IEnumerable<string> arguments, string package, string purpose, CancellationToken cancellationToken)
    {
        using Process process = Start(program, arguments, package, purpose);
        try
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            string errors = await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            _ = await output.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                throw new ImageException(FailureKind.Unavailable, $"cannot {purpose}: {program} says: {Tail(errors)}", Hint(program));
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string? Hint(string program) => program == "skopeo"
        ? "check the name, the network and the login: skopeo inspect docker://NAME shows more; a registry without TLS is named in containers-registries.conf(5), as in $HOME/.config/containers/registries.conf"
        : null;

    private static string Tail(string text) => text.Trim() is { Length: > KeptCharacters } longer ? longer[^KeptCharacters..] : text.Trim();
}
