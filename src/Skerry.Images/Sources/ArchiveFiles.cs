using System.Text;
using Microsoft.Win32.SafeHandles;
using Skerry.Core;
using Skerry.Images.Streams;
using Skerry.Images.Tar;

namespace Skerry.Images.Sources;

/// <summary>An image that lies in a tar archive: one pass notes where each file is, and files are then read in place.</summary>
internal sealed class ArchiveFiles : IImageFiles
{
    private const int MostLinks = 8;

    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, (long Start, long Length)> _segments = [];
    private readonly Dictionary<string, string> _links = [];

    private ArchiveFiles(SafeFileHandle file) => _file = file;

    /// <summary>Opens an archive; one that is compressed as a whole is first unpacked into <paramref name="temporaryDirectory"/>.</summary>
    /// <exception cref="ImageException">NotFound when the file is missing; InvalidArgument when it is no tar archive.</exception>
    internal static ArchiveFiles Open(string path, string temporaryDirectory)
    {
        SafeFileHandle file = OpenPlain(path, temporaryDirectory);
        try
        {
            var archive = new ArchiveFiles(file);
            archive.ReadIndex();
            return archive;
        }
        catch (SkerryException error)
        {
            file.Dispose();
            throw new ImageException(error.Kind, $"cannot read the image archive \"{path}\"", cause: error);
        }
    }

    /// <inheritdoc/>
    public ImageFile? TryOpen(string path)
    {
        string current = Clean(path);
        for (int hops = 0; hops < MostLinks; hops++)
        {
            if (_segments.TryGetValue(current, out (long Start, long Length) segment))
            {
                return new ImageFile(new SegmentStream(_file, segment.Start, segment.Length), segment.Length);
            }

            if (!_links.TryGetValue(current, out string? target))
            {
                return null;
            }

            current = target;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static SafeFileHandle OpenPlain(string path, string temporaryDirectory)
    {
        try
        {
            SafeFileHandle file = File.OpenHandle(path);
            byte[] start = new byte[4];
            int length = RandomAccess.Read(file, start, 0);
            if (Decompression.KindOf(start.AsSpan(0, length)) == CompressionKind.None)
            {
                return file;
            }

            using (file)
            {
                return Decompress(file, temporaryDirectory);
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImageException(FailureKind.NotFound, $"cannot open the image archive \"{path}\": it does not exist");
        }
        catch (UnauthorizedAccessException)
        {
            throw new ImageException(FailureKind.HostDenied, $"cannot open the image archive \"{path}\": it is a directory, or reading it is not allowed");
        }
    }

    /// <summary>The file is unlinked when closed, so that nothing is left even after an error.</summary>
    private static SafeFileHandle Decompress(SafeFileHandle file, string temporaryDirectory)
    {
        Directory.CreateDirectory(temporaryDirectory);
        string temporary = Path.Combine(temporaryDirectory, "archive");
        SafeFileHandle plain = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        try
        {
            using var source = new SegmentStream(file, 0, RandomAccess.GetLength(file));
            using Stream content = Decompression.Open(source);
            byte[] buffer = new byte[128 * 1024];
            long position = 0;
            for (int count = content.Read(buffer); count > 0; count = content.Read(buffer))
            {
                RandomAccess.Write(plain, buffer.AsSpan(0, count), position);
                position += count;
            }

            return plain;
        }
        catch
        {
            plain.Dispose();
            throw;
        }
    }

    private void ReadIndex()
    {
        using var stream = new SeekableSegmentStream(_file);
        var reader = new TarReader(stream, TarLimits.Default);
        for (TarEntry? entry = reader.Next(); entry is not null; entry = reader.Next())
        {
            string name = Clean(entry.DisplayName);
            _segments.Remove(name);
            _links.Remove(name);
            switch (entry.Type)
            {
                case TarEntryType.File when entry.Chunks is null:
                    _segments[name] = (stream.Position, entry.SizeBytes);
                    break;
                case TarEntryType.HardLink:
                    _links[name] = Clean(Encoding.UTF8.GetString(entry.LinkTarget));
                    break;
                case TarEntryType.Symlink:
                    _links[name] = Clean(Path.Combine(Path.GetDirectoryName(name) ?? string.Empty, Encoding.UTF8.GetString(entry.LinkTarget)));
                    break;
            }
        }
    }

    /// <summary>Names are only keys of a table here: they never touch a file system.</summary>
    private static string Clean(string path) => Path.GetFullPath(path, "/").TrimStart('/');
}
