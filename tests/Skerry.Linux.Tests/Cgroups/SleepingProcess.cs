using System.Diagnostics;

namespace Skerry.Linux.Tests.Cgroups;

/// <summary>A child that runs a shell command, once it is in its cgroup, until it is killed.</summary>
internal sealed class SleepingProcess : IDisposable
{
    private readonly Process _process;

    internal SleepingProcess(string command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "read go; " + command + " >/dev/null"]) { RedirectStandardInput = true };
        _process = Process.Start(start)!;
    }

    internal int Pid => _process.Id;

    /// <summary>Lets the command start: what it forks is where it is by then.</summary>
    internal SleepingProcess Go()
    {
        _process.StandardInput.WriteLine("go");
        _process.StandardInput.Flush();
        return this;
    }

    internal async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
