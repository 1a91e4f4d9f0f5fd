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

    /// <summary>
    /// Where the agent, called as modprobe, finds a module that something asks for: a line each, "NAME NEED,NEED… ALIAS…" with "-" for one
    /// that needs no other.
    /// </summary>
    internal const string ModuleIndex = "etc/modules.index";
    private const string ModulesDirectory = "lib/modules";

    /// <param name="agent">The agent's program.</param>
    /// <param name="modules">What is loaded at the start, in this order.</param>
    /// <param name="onDemand">What is loaded when something asks for it.</param>
    /// <param name="compression">How the archive is packed.</param>
    internal static byte[] Build(
        ReadOnlyMemory<byte> agent, IReadOnlyList<KernelModule> modules, IReadOnlyList<KernelModule> onDemand, InitramfsCompression compression)
    {
        using var archive = new MemoryStream();
        if (compression == InitramfsCompression.None)
        {
            WriteArchive(archive, agent, modules, onDemand);
            return archive.ToArray();
        }

        using (var gzip = new GZipStream(archive, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            WriteArchive(gzip, agent, modules, onDemand);
        }

        return archive.ToArray();
    }

    private static void WriteArchive(Stream output, ReadOnlyMemory<byte> agent, IReadOnlyList<KernelModule> modules, IReadOnlyList<KernelModule> onDemand)
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

        KernelModule[] all = [.. modules, .. onDemand];
        if (all.Length > 0)
        {
            WriteModules(cpio, all);
        }

        cpio.Finish();
    }

    /// <summary>
    /// The modules, their index, and the program that loads one, the agent by another name. It is not where the kernel looks by default:
    /// while it boots, the kernel asks for what is not there, and each question would start the program. The agent tells it the place.
    /// </summary>
    private static void WriteModules(CpioWriter cpio, IReadOnlyList<KernelModule> all)
    {
        cpio.Write(CpioEntry.SymbolicLink($"{ModulesDirectory}/modprobe", "/init"));
        cpio.Write(CpioEntry.File(ModuleIndex, Encoding.UTF8.GetBytes(string.Concat(all.Select(IndexLine)))));
        foreach (KernelModule module in all)
        {
            cpio.Write(CpioEntry.File(PathOf(module), module.Content));
        }
    }

    private static string IndexLine(KernelModule module)
    {
        string needs = module.Needs.Count > 0 ? string.Join(',', module.Needs) : "-";
        return string.Join(' ', [module.Name, needs, .. module.RequestNames]) + "\n";
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
