using System.Diagnostics;

namespace Skerry.GuestAssets.Tests.Disks;

/// <summary>Debian's programs, which look at what we made.</summary>
internal static class Programs
{
    /// <summary>Skips the test when one is not installed.</summary>
    internal static void Require(params string[] names)
    {
        string[] places = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
        foreach (string name in names)
        {
            Assert.SkipUnless(places.Any(place => File.Exists(Path.Combine(place, name))), $"{name} is not installed");
        }
    }

    /// <summary>Skips the test when the program that makes <paramref name="format"/> is not installed.</summary>
    internal static void RequireMakerOf(string format) => Require(format == "ext4" ? "mke2fs" : $"mkfs.{format}");

    internal static async Task<string> RunAsync(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{name} {string.Join(' ', arguments)}: {process.ExitCode}\n{await output}\n{error}");
        return await output;
    }
}
