namespace Skerry.GuestAssets;

/// <summary>One entry of an initramfs archive.</summary>
/// <param name="Path">Path without a leading slash, as in "etc/modules".</param>
/// <param name="Mode">Type and permission bits, as st_mode has them (S_IFREG is 0x8000, S_IFDIR 0x4000, S_IFCHR 0x2000, S_IFLNK 0xA000).</param>
/// <param name="Content">File content, or a link's target; empty for directories and devices.</param>
/// <param name="DeviceMajor">Major number of a device node.</param>
/// <param name="DeviceMinor">Minor number of a device node.</param>
internal sealed record CpioEntry(string Path, uint Mode, ReadOnlyMemory<byte> Content, uint DeviceMajor = 0, uint DeviceMinor = 0)
{
    /// <summary>Owner.</summary>
    internal uint Uid { get; init; }

    /// <summary>Group.</summary>
    internal uint Gid { get; init; }

    internal static CpioEntry Directory(string path) => new(path, 0x4000 | 0x1ED, default);

    internal static CpioEntry File(string path, ReadOnlyMemory<byte> content, bool executable = false) =>
        new(path, 0x8000u | (executable ? 0x1EDu : 0x1A4u), content);

    internal static CpioEntry SymbolicLink(string path, string target) => new(path, 0xA000 | 0x1FF, System.Text.Encoding.UTF8.GetBytes(target));

    internal static CpioEntry CharacterDevice(string path, uint permissions, uint major, uint minor) =>
        new(path, 0x2000 | permissions, default, major, minor);
}
