using System.Diagnostics;
using System.Text;

namespace Skerry.SystemTests.Hosts;

/// <summary>What a program printed and how it ended.</summary>
public sealed record ToolResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Throws all that is known unless the exit code was 0.</summary>
    /// <exception cref="HostException">It ended with another exit code.</exception>
    public ToolResult Ok() => ExitCode == 0
        ? this
        : throw new HostException($"{Command}\nexit code {ExitCode}\nstdout: {Output}\nstderr: {Error}");
}

/// <summary>Runs programs of the host for tests: with a time limit, without a shell, output collected.</summary>
public static class Tool
{
    /// <summary>Long enough for a VM under emulation on a machine that boots several at once.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(300);

    public static async Task<ToolResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? input = null,
        TimeSpan? limit = null)
    {
        using Process process = Start(program, arguments, environment);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        string command = $"{program} {string.Join(' ', process.StartInfo.ArgumentList)}";
        using var deadline = new CancellationTokenSource(limit ?? DefaultLimit);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return new ToolResult(command, process.ExitCode, await output.WaitAsync(deadline.Token), await error.WaitAsync(deadline.Token));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command}: no end after {(limit ?? DefaultLimit).TotalSeconds} s; stdout so far: {Sofar(output)}; stderr so far: {Sofar(error)}");
        }
    }

    /// <summary>Starts a program whose pipes the test drives itself.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"cannot start {program}");
    }

    private static string Sofar(Task<string> text) => text.IsCompletedSuccessfully ? text.Result : "(still open)";
}
