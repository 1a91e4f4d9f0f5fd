using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Skerry.GuestAssets;

/// <summary>Makes the initramfs: the agent as /init, modules in load order, the device nodes the kernel opens before /init runs.</summary>
/// <remarks>The same agent, modules and compression give the same bytes.</remarks>
internal static class InitramfsBuilder
{
    /// <summary>
    /// Where a guest finds the list of modules to load, one absolute path per line, in order. "#if PATTERN…" behind a path: only
    /// when a device matches one of the patterns.
    /// </summary>
    internal const string ModuleList = "etc/modules";
    private const string ModulesDirectory = "lib/modules";

    internal static byte[] Build(ReadOnlyMemory<byte> agent, IReadOnlyList<KernelModule> modules, InitramfsCompression compression)
    {
        using var archive = new MemoryStream();
        if (compression == InitramfsCompression.None)
        {
            WriteArchive(archive, agent, modules);
            return archive.ToArray();
        }

        using (var gzip = new GZipStream(archive, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            WriteArchive(gzip, agent, modules);
        }

        return archive.ToArray();
    }

    private static void WriteArchive(Stream output, ReadOnlyMemory<byte> agent, IReadOnlyList<KernelModule> modules)
    {
        var cpio = new CpioWriter(output);
        foreach (string directory in (string[])["dev", "etc", "lib", ModulesDirectory, "proc", "run", "sys", "tmp"])
        {
            cpio.Write(CpioEntry.Directory(directory));
        }

        cpio.Write(CpioEntry.CharacterDevice("dev/console", 0x180, 5, 1));
        cpio.Write(CpioEntry.CharacterDevice("dev/null", 0x1B6, 1, 3));
        cpio.Write(CpioEntry.File("init", agent, executable: true));
        if (modules.Count > 0)
        {
            cpio.Write(CpioEntry.File(ModuleList, Encoding.UTF8.GetBytes(ListOf(modules))));
        }

        foreach (KernelModule module in modules)
        {
            cpio.Write(CpioEntry.File(PathOf(module), module.Content));
        }

        cpio.Finish();
    }

    private static string ListOf(IReadOnlyList<KernelModule> modules)
    {
        var list = new StringBuilder();
        foreach (KernelModule module in modules)
        {
            string condition = ModuleConditions.For(module, modules);
            list.Append(CultureInfo.InvariantCulture, $"/{PathOf(module)}{(condition.Length > 0 ? $" #if {condition}" : string.Empty)}\n");
        }

        return list.ToString();
    }

    private static string PathOf(KernelModule module) => $"{ModulesDirectory}/{module.Name}.ko";
}
