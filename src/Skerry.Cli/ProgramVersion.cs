using System.Reflection;
using System.Runtime.InteropServices;

namespace Skerry.Cli;

/// <summary>What this build is.</summary>
/// <param name="Version">The release, as in 0.1.0.</param>
/// <param name="Commit">The commit it was built from; empty when unknown.</param>
/// <param name="Architecture">As uname -m says it.</param>
/// <param name="Runtime">The .NET runtime inside.</param>
internal sealed record ProgramVersion(string Version, string Commit, string Architecture, string Runtime)
{
    /// <summary>The OCI runtime specification this speaks.</summary>
    internal const string OciSpecification = "1.2.0";

    /// <summary>The release of Kata whose configuration and agent protocol this speaks.</summary>
    internal const string KataRelease = "4.1.0";

    /// <summary>The running program.</summary>
    internal static ProgramVersion Current { get; } = Read();

    private static ProgramVersion Read()
    {
        string full = typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
        string[] parts = full.Split('+', 2);
        string architecture = RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64 ? "x86_64" : "aarch64";
        return new ProgramVersion(parts[0], parts.Length > 1 ? parts[1] : string.Empty, architecture, RuntimeInformation.FrameworkDescription);
    }
}
