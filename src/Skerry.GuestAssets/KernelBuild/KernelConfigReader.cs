using System.IO.Compression;
using System.Text;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>Finds the configuration of a kernel file: in the kernel itself (CONFIG_IKCONFIG), or in a file beside it.</summary>
public static class KernelConfigReader
{
    /// <summary>A configuration has about 0.3 MB; a damaged file must not unpack to more memory than there is.</summary>
    private const int MaxConfigBytes = 8 * 1024 * 1024;

    /// <summary>The configuration of the kernel at <paramref name="path"/>; null when neither the kernel nor a file beside it tells.</summary>
    /// <exception cref="GuestAssetException">NotFound without the file; InvalidArgument for one that is damaged.</exception>
    public static async Task<KernelConfig?> FindAsync(string path, CancellationToken cancellationToken)
    {
        byte[] kernel = KernelFile.Read(path);
        if (ReadEmbedded(kernel) is { } embedded)
        {
            return embedded;
        }

        if (FindBeside(path) is { } beside)
        {
            return KernelConfig.Parse(await File.ReadAllTextAsync(beside, cancellationToken).ConfigureAwait(false));
        }

        return KernelInspector.Inspect(kernel).Format == KernelFormat.BzImage
            ? ReadEmbedded(await VmlinuxExtractor.ExtractAsync(kernel, path, cancellationToken).ConfigureAwait(false))
            : null;
    }

    /// <summary>The configuration in an unpacked kernel: gzip between two marks (kernel/configs.c); null when there is none to read.</summary>
    internal static KernelConfig? ReadEmbedded(ReadOnlySpan<byte> kernel)
    {
        ReadOnlySpan<byte> mark = "IKCFG_ST"u8;
        int start = kernel.IndexOf(mark);
        int length = start < 0 ? -1 : kernel[(start + mark.Length)..].IndexOf("IKCFG_ED"u8);
        if (length < 0)
        {
            return null;
        }

        try
        {
            using var gzip = new GZipStream(new MemoryStream(kernel.Slice(start + mark.Length, length).ToArray()), CompressionMode.Decompress);
            var text = new byte[MaxConfigBytes];
            int read = gzip.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return KernelConfig.Parse(Encoding.UTF8.GetString(text, 0, read));
        }
        catch (InvalidDataException)
        {
            return null; // The marks were something else's bytes.
        }
    }

    /// <summary>"config" in the same directory, or "config-VERSION" beside a "vmlinuz-VERSION".</summary>
    private static string? FindBeside(string path)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        string name = Path.GetFileName(path);
        int dash = name.IndexOf('-', StringComparison.Ordinal);
        string[] candidates = dash < 0 ? [GuestKernelFile.Config] : [GuestKernelFile.Config + name[dash..]];
        return candidates.Select(candidate => Path.Combine(directory, candidate)).FirstOrDefault(File.Exists);
    }
}
