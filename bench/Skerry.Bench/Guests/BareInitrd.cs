using System.Globalization;
using System.Text;
using Skerry.Bench.Hosts;

namespace Skerry.Bench.Guests;

/// <summary>
/// Our initramfs with a small C program in the agent's place: the kernel unpacks one archive after the other, and the later /init wins.
/// The guest so has the same bytes to unpack and the same modules.
/// </summary>
public static class BareInitrd
{
    private const uint ExecutableFile = 0x81ED; // S_IFREG | 0755
    private const int HeaderLength = 110;

    /// <summary>Compiles the program and writes the archive into <paramref name="directory"/>.</summary>
    /// <returns>The path of the initramfs.</returns>
    public static async Task<string> MakeAsync(string initrd, string directory, CancellationToken cancellationToken)
    {
        string program = Path.Combine(directory, "init");
        string source = Path.Combine(AppContext.BaseDirectory, "Guests", "init.c");
        (await Tool.RunAsync("gcc", ["-O2", "-static", "-o", program, source], cancellationToken)).Ok();

        string path = Path.Combine(directory, "bare.img");
        await using FileStream archive = File.Create(path);
        await using (FileStream ours = File.OpenRead(initrd))
        {
            await ours.CopyToAsync(archive, cancellationToken);
        }

        // An archive starts at a multiple of 4; the kernel skips zeros between two.
        archive.Write(new byte[-archive.Length & 3]);
        WriteEntry(archive, "init", ExecutableFile, await File.ReadAllBytesAsync(program, cancellationToken));
        WriteEntry(archive, "TRAILER!!!", 0, []);
        return path;
    }

    /// <summary>One entry of the "newc" format: a header of 110 characters, name and content each padded to a multiple of 4.</summary>
    private static void WriteEntry(Stream output, string name, uint mode, byte[] content)
    {
        uint[] fields = [1, mode, 0, 0, 1, 0, (uint)content.Length, 0, 0, 0, 0, (uint)name.Length + 1, 0];
        var header = new StringBuilder("070701");
        foreach (uint field in fields)
        {
            header.Append(CultureInfo.InvariantCulture, $"{field:X8}");
        }

        output.Write(Encoding.ASCII.GetBytes($"{header}{name}\0"));
        output.Write(new byte[-(HeaderLength + name.Length + 1) & 3]);
        output.Write(content);
        output.Write(new byte[-content.Length & 3]);
    }
}
