using System.Text;
using Skerry.Images.Tar;

namespace Skerry.Images.Tests.Support;

/// <summary>Writes layers, the hostile ones included: names are taken as they are.</summary>
internal sealed class Layer : IDisposable
{
    private readonly MemoryStream _stream = new();
    private readonly TarWriter _writer;

    internal Layer() => _writer = new TarWriter(_stream);

    internal static TarEntry Entry(string name, TarEntryType type = TarEntryType.File, uint mode = 0b110_100_100) =>
        new() { Name = Encoding.UTF8.GetBytes(name), Type = type, Mode = mode, ModifiedSeconds = 1_000_000_000 };

    internal Layer File(string name, string content = "", uint mode = 0b110_100_100) => Add(Entry(name, TarEntryType.File, mode), content);

    internal Layer Folder(string name, uint mode = 0b111_101_101) => Add(Entry(name, TarEntryType.Directory, mode));

    internal Layer Link(string name, string target) => Add(Entry(name, TarEntryType.Symlink, 0b111_111_111) with { LinkTarget = Encoding.UTF8.GetBytes(target) });

    internal Layer HardLink(string name, string target) => Add(Entry(name, TarEntryType.HardLink) with { LinkTarget = Encoding.UTF8.GetBytes(target) });

    internal Layer Add(TarEntry entry, string content = "")
    {
        _writer.Write(entry, Encoding.UTF8.GetBytes(content));
        return this;
    }

    public void Dispose() => _stream.Dispose();

    internal byte[] ToArray()
    {
        _writer.End();
        return _stream.ToArray();
    }
}
