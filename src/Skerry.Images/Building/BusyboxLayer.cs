using System.Text;
using Skerry.Images.Tar;

namespace Skerry.Images.Building;

/// <summary>The entries of an image that holds busybox and little else.</summary>
internal static class BusyboxLayer
{
    private const uint Everybody = 0b111_101_101;
    private const uint ReadOnly = 0b110_100_100;

    private const string Passwd = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n";
    private const string Group = "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n";

    internal static void Write(TarWriter writer, string busybox, IReadOnlyList<string> applets)
    {
        foreach (string directory in new[] { "bin", "dev", "etc", "proc", "root", "run", "sys", "var" })
        {
            writer.Write(Entry($"{directory}/", TarEntryType.Directory, Everybody));
        }

        writer.Write(Entry("tmp/", TarEntryType.Directory, 0b001_111_111_111));
        writer.Write(Entry("etc/passwd", TarEntryType.File, ReadOnly), Encoding.ASCII.GetBytes(Passwd));
        writer.Write(Entry("etc/group", TarEntryType.File, ReadOnly), Encoding.ASCII.GetBytes(Group));
        writer.Write(Entry("bin/busybox", TarEntryType.File, Everybody), File.ReadAllBytes(busybox));
        foreach (string applet in applets.Where(applet => applet != "busybox").Order(StringComparer.Ordinal))
        {
            writer.Write(Entry($"bin/{applet}", TarEntryType.Symlink, Everybody) with { LinkTarget = "busybox"u8.ToArray() });
        }
    }

    private static TarEntry Entry(string name, TarEntryType type, uint mode) => new() { Name = Encoding.UTF8.GetBytes(name), Type = type, Mode = mode };
}
