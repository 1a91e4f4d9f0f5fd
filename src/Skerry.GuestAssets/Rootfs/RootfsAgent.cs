using System.Runtime.InteropServices;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.GuestAssets.Rootfs;

/// <summary>Finds the agent of a root file system, and what it runs on.</summary>
internal static class RootfsAgent
{
    /// <summary>Where Kata's tools put an agent that an init starts; ours are links to it.</summary>
    internal const string ServicePath = "usr/bin/kata-agent";

    /// <summary>What the kernel starts.</summary>
    internal const string InitPath = "sbin/init";
    private const int HeaderBytes = 64;

    /// <summary>The host's architecture, as uname -m says it.</summary>
    internal static string HostArchitecture => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64";

    /// <summary>Checks that the tree boots on <paramref name="architecture"/> and has an agent; returns the architecture.</summary>
    /// <exception cref="GuestAssetException">FailedPrecondition without init or agent; InvalidArgument for another architecture.</exception>
    internal static string Check(RootfsTree tree, string? architecture)
    {
        RootfsEntry? init = tree.Find(InitPath);
        RootfsEntry? agent = Find(tree);
        if (init is null || agent is null)
        {
            throw new GuestAssetException(
                FailureKind.FailedPrecondition,
                $"the root file system \"{tree.RootDirectory}\" has no {(agent is null ? $"agent at /{ServicePath}, and none as" : "program at")} /{InitPath}",
                "make one with the agent in it: skerry image rootfs DISTRO; or give it the agent with --agent");
        }

        string wanted = architecture ?? HostArchitecture;
        string found = ArchitectureOf(agent);
        return found == wanted
            ? found
            : throw new GuestAssetException(
                FailureKind.InvalidArgument,
                $"the agent of \"{tree.RootDirectory}\" is for {found}, and the image for {wanted}",
                "give the other one with --agent, or say --arch");
    }

    /// <summary>The agent's program; an init that is not systemd is taken for it.</summary>
    internal static RootfsEntry? Find(RootfsTree tree)
    {
        RootfsEntry? init = tree.Find(InitPath);
        return tree.Find(ServicePath) ?? tree.Find("usr/bin/skerry-agent") ?? (IsSystemd(init) ? null : init);
    }

    /// <summary>What an ELF program runs on, as uname -m says it; null when the file is no program.</summary>
    internal static string? ArchitectureOf(ReadOnlySpan<byte> header) =>
        !ElfFile.IsElf(header) || header.Length < HeaderBytes ? null : (header[18] | (header[19] << 8)) switch
        {
            ElfFile.EM_X86_64 => "x86_64",
            ElfFile.EM_AARCH64 => "aarch64",
            int other => $"ELF machine {other}",
        };

    /// <summary>True for an init that starts services, the agent among them.</summary>
    internal static bool IsSystemd(RootfsEntry? init) => init is not null && init.Path.Contains("systemd", StringComparison.Ordinal);

    private static string ArchitectureOf(RootfsEntry agent)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        try
        {
            using FileStream file = File.OpenRead(agent.SourcePath);
            int count = agent.Type == FileModes.S_IFREG ? file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) : 0;
            return ArchitectureOf(header[..count])
                ?? throw new GuestAssetException(FailureKind.InvalidArgument, $"the agent \"{agent.SourcePath}\" is no executable (ELF) file", "build it: make build");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new GuestAssetException(FailureKind.HostDenied, $"cannot read the agent \"{agent.SourcePath}\"", cause: cause);
        }
    }
}
