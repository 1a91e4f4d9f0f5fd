using System.Text;
using Skerry.Core;

namespace Skerry.GuestAssets;

/// <summary>Reads what a kernel file is, without running it.</summary>
public static class KernelInspector
{
    /// <summary>XEN_ELFNOTE_PHYS32_ENTRY, include/xen/interface/elfnote.h: the PVH entry point.</summary>
    private const uint PvhEntryNote = 18;
    private const int MaxVersionLength = 128;

    /// <summary>Inspects the kernel at <paramref name="path"/>.</summary>
    /// <exception cref="GuestAssetException">NotFound without the file; InvalidArgument for a file that is damaged or no kernel.</exception>
    public static KernelDescription Inspect(string path)
    {
        byte[] file = KernelFile.Read(path);
        try
        {
            KernelDescription description = Inspect(file);
            return description.Format != KernelFormat.Unknown ? description : throw new InvalidDataException("neither vmlinux nor bzImage");
        }
        catch (InvalidDataException cause)
        {
            throw new GuestAssetException(
                FailureKind.InvalidArgument,
                $"\"{path}\" is not a usable guest kernel",
                "give an uncompressed ELF vmlinux or a bzImage, as in /boot/vmlinuz-*-cloud-amd64",
                cause);
        }
    }

    internal static KernelDescription Inspect(ReadOnlySpan<byte> file)
    {
        if (ElfFile.IsElf(file))
        {
            return InspectElf(file);
        }

        if (BzImage.TryParse(file, out BzImage image))
        {
            return new KernelDescription(KernelFormat.BzImage, "x86_64", FirstWord(image.VersionText), HasPvhEntry: false);
        }

        bool arm = file.Length > 64 && file[56..60].SequenceEqual("ARM\x64"u8);
        return arm
            ? new KernelDescription(KernelFormat.Arm64Image, "aarch64", VersionFromBanner(file), HasPvhEntry: false)
            : new KernelDescription(KernelFormat.Unknown, string.Empty, string.Empty, HasPvhEntry: false);
    }

    private static KernelDescription InspectElf(ReadOnlySpan<byte> file)
    {
        ElfFile elf = ElfFile.Parse(file);
        string architecture = elf.Machine switch
        {
            ElfFile.EM_X86_64 => "x86_64",
            ElfFile.EM_AARCH64 => "aarch64",
            ushort other => $"ELF machine {other}",
        };
        return new KernelDescription(KernelFormat.Vmlinux, architecture, VersionFromBanner(file), elf.HasNote("Xen"u8, PvhEntryNote));
    }

    /// <summary>The release in "Linux version 6.1.0 (builder) …", which every uncompressed kernel holds; formats (%s) are passed over.</summary>
    private static string VersionFromBanner(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> banner = "Linux version "u8;
        for (int at = file.IndexOf(banner); at >= 0; at = file.IndexOf(banner))
        {
            file = file[(at + banner.Length)..];
            if (file.Length > 0 && char.IsAsciiDigit((char)file[0]))
            {
                return FirstWord(file[..Math.Min(file.Length, MaxVersionLength)]);
            }
        }

        return string.Empty;
    }

    private static string FirstWord(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny(" \0\n"u8);
        return Encoding.ASCII.GetString(end < 0 ? text : text[..end]);
    }
}
