using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>
/// Runs the kernel's own build in a directory outside the source tree. What the kernel would write of the machine it is built on
/// (time, user, host, number of the build) is fixed, so that the same inputs give the same bytes.
/// </summary>
internal sealed class KernelMake(KernelArchitecture architecture, string source, string objects, DateTimeOffset buildTime)
{
    private const string LogFile = "build.log";
    private const int ShownErrors = 12;

    /// <summary>Variables that change what is built, and must not come in from outside.</summary>
    private static readonly string[] s_foreign = ["MAKEFLAGS", "MAKELEVEL", "ARCH", "CROSS_COMPILE", "KCFLAGS", "KAFLAGS", "KCPPFLAGS", "KCONFIG_CONFIG", "KCONFIG_ALLCONFIG", "LLVM"];

    internal string LogPath => Path.Combine(objects, LogFile);

    /// <param name="targets">As on make's command line.</param>
    /// <param name="line">Called for each line of output, on an arbitrary thread; null for nobody.</param>
    /// <exception cref="GuestAssetException">FailedPrecondition with the first errors of the log; ResourceExhausted when the disk is full.</exception>
    internal async Task RunAsync(IEnumerable<string> targets, Action? line, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(objects);
        var start = new ProcessStartInfo("make", ["-C", source, $"O={objects}", $"ARCH={architecture.MakeName}", .. Cross(), .. targets])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        SetEnvironment(start.Environment);
        await using var log = TextWriter.Synchronized(new StreamWriter(LogPath, append: false) { AutoFlush = true });
        using Process process = Start(start);
        process.StandardInput.Close();
        try
        {
            Task output = CopyAsync(process.StandardOutput, log, line, cancellationToken);
            await CopyAsync(process.StandardError, log, null, cancellationToken).ConfigureAwait(false);
            await output.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        if (process.ExitCode != 0)
        {
            await log.FlushAsync(cancellationToken).ConfigureAwait(false);
            throw Failure(string.Join(' ', targets));
        }
    }

    /// <summary>The lines of a log that say what went wrong; its end when none does.</summary>
    internal static IReadOnlyList<string> ErrorsIn(IReadOnlyList<string> log)
    {
        string[] marks = ["error:", "Error:", "fatal:", "*** ", "No space left", "not found", "undefined reference"];
        string[] errors = [.. log.Where(text => marks.Any(mark => text.Contains(mark, StringComparison.Ordinal))).Take(ShownErrors)];
        return errors.Length > 0 ? errors : [.. log.TakeLast(ShownErrors)];
    }

    private IEnumerable<string> Cross() => architecture.ToolPrefix.Length > 0 ? [$"CROSS_COMPILE={architecture.ToolPrefix}"] : [];

    private void SetEnvironment(IDictionary<string, string?> environment)
    {
        foreach (string name in s_foreign)
        {
            environment.Remove(name);
        }

        environment["LC_ALL"] = "C";
        environment["TZ"] = "UTC";
        environment["LOCALVERSION"] = string.Empty;
        environment["KBUILD_BUILD_USER"] = "skerry";
        environment["KBUILD_BUILD_HOST"] = "skerry";
        environment["KBUILD_BUILD_VERSION"] = "1";
        environment["KBUILD_BUILD_TIMESTAMP"] = buildTime.UtcDateTime.ToString("ddd MMM d HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("make did not start");
        }
        catch (Win32Exception cause)
        {
            throw new GuestAssetException(FailureKind.HostDenied, "cannot run \"make\"", "install it: apt-get install make", cause);
        }
    }

    private static async Task CopyAsync(StreamReader from, TextWriter log, Action? line, CancellationToken cancellationToken)
    {
        while (await from.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } text)
        {
            await log.WriteLineAsync(text).ConfigureAwait(false);
            line?.Invoke();
        }
    }

    private GuestAssetException Failure(string targets)
    {
        IReadOnlyList<string> errors = ErrorsIn(File.ReadAllLines(LogPath));
        bool full = errors.Any(text => text.Contains("No space left on device", StringComparison.Ordinal));
        return new GuestAssetException(
            full ? FailureKind.ResourceExhausted : FailureKind.FailedPrecondition,
            $"the kernel's build (make {targets}) failed:\n    {string.Join("\n    ", errors)}",
            full ? $"free some space: source and objects need about 3 GB beside \"{objects}\"" : $"the whole log: {LogPath}");
    }
}
