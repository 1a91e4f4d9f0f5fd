namespace Skerry.Hypervisor.VirtioFs;

/// <summary>Tells whose options a virtiofsd understands, without running it: that would cost each start some milliseconds.</summary>
internal static class VirtioFsDialects
{
    /// <summary>The name of an option that only the Rust daemon has, as it lies in its program file.</summary>
    private static readonly byte[] s_rustOption = [.. "shared-dir"u8];

    /// <summary>The dialect of the program at <paramref name="path"/>; C when it cannot be read.</summary>
    internal static VirtioFsDialect Detect(string path)
    {
        try
        {
            return File.ReadAllBytes(path).AsSpan().IndexOf(s_rustOption) >= 0 ? VirtioFsDialect.Rust : VirtioFsDialect.C;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return VirtioFsDialect.C; // Starting it will fail with better words.
        }
    }
}
