using System.Diagnostics;

namespace Skerry.Bench.Hosts;

/// <summary>Runs programs of the host, without a shell, with a time limit.</summary>
public static class Tool
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(180);

    public static async Task<ToolResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null,
        string workingDirectory = "/")
    {
        using Process process = Start(program, arguments, environment, workingDirectory);
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
        await EndAsync(process, cancellationToken);
        return new ToolResult($"{program} {string.Join(' ', process.StartInfo.ArgumentList)}", process.ExitCode, await output, await error);
    }

    /// <summary>Starts a program with an empty standard input; the caller reads its output and ends it with <see cref="EndAsync"/>.</summary>
    public static Process Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string workingDirectory = "/")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {program}");
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Waits for the end of a program; kills it, with all it started, when that takes too long.</summary>
    public static async Task EndAsync(Process process, CancellationToken cancellationToken)
    {
        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(s_limit, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
