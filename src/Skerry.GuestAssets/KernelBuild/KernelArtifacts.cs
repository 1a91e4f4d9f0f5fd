using System.Globalization;
using System.Text;
using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>Takes what a kernel's build made and puts it under the names that the rest of the world looks for.</summary>
internal static class KernelArtifacts
{
    internal static async Task<KernelBuildStamp> CollectAsync(KernelBuildPlan plan, KernelArchitecture architecture, CancellationToken cancellationToken)
    {
        byte[] vmlinux = await StripAsync(Path.Combine(plan.Objects, "vmlinux"), architecture, cancellationToken).ConfigureAwait(false);
        KernelDescription description = KernelInspector.Inspect(vmlinux);
        if (description.Format != KernelFormat.Vmlinux || description.Version.Length == 0)
        {
            throw new GuestAssetException(FailureKind.Internal, $"the build in \"{plan.Objects}\" made no kernel that says its version", "build it afresh: --fresh");
        }

        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [GuestKernelFile.Vmlinux] = vmlinux,
            [architecture.ImageTarget] = KernelFile.Read(Path.Combine(plan.Objects, architecture.ImagePath)),
            [GuestKernelFile.Config] = KernelFile.Read(Path.Combine(plan.Objects, ".config")),
            ["version"] = Encoding.UTF8.GetBytes(description.Version + "\n"),
        };
        foreach ((string name, byte[] content) in KernelModuleFiles.Read(plan.Objects))
        {
            files.Add(name, content);
        }

        string sizes = string.Concat(files.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value.Length,12} {pair.Key}\n")));
        files.Add("sizes", Encoding.UTF8.GetBytes(sizes));
        var stamp = new KernelBuildStamp
        {
            Version = KernelBuildStamp.CurrentVersion,
            InputDigest = plan.Digest,
            KernelVersion = description.Version,
            SizesBytes = new SortedDictionary<string, long>(files.ToDictionary(pair => pair.Key, pair => (long)pair.Value.Length), StringComparer.Ordinal),
        };
        await stamp.WriteAsync(plan.Result, files.Select(pair => (pair.Key, pair.Value)), cancellationToken).ConfigureAwait(false);
        return stamp;
    }

    /// <summary>Without symbols, which only a debugger reads and every VMM would load from disk.</summary>
    private static async Task<byte[]> StripAsync(string vmlinux, KernelArchitecture architecture, CancellationToken cancellationToken)
    {
        string stripped = vmlinux + ".stripped";
        ToolResult result = await Tool.RunAsync(architecture.ToolPrefix + "strip", ["-s", "-o", stripped, vmlinux], "binutils", default, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0
            ? KernelFile.Read(stripped)
            : throw new GuestAssetException(FailureKind.ResourceExhausted, $"cannot strip \"{vmlinux}\": {result.LastError}", "free some space there");
    }
}
