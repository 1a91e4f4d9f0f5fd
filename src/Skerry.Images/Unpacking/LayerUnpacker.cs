using Skerry.Core;
using Skerry.Images.Tar;
using Skerry.Linux;

namespace Skerry.Images.Unpacking;

/// <summary>
/// Unpacks one layer into an empty directory, so that overlayfs can stack it: whiteouts become what overlayfs understands, and everything
/// else is made as the archive says, a later entry of a name replacing an earlier one. Image-spec 1.1, layer.md "Applying Changesets".
/// </summary>
/// <remarks>Needs root: owners, devices and trusted attributes. Synchronous; the caller gives it a thread.</remarks>
internal sealed partial class LayerUnpacker : IDisposable
{
    private readonly LayerTree _tree;
    private readonly Dictionary<string, (LayerPath Path, FileTime Time)> _directoryTimes = [];
    private readonly byte[] _buffer = new byte[128 * 1024];
    private bool _opaqueRoot;
    private int _entries;

    internal LayerUnpacker(string directory) => _tree = new LayerTree(directory);

    /// <summary>Unpacks all entries.</summary>
    /// <exception cref="ImageException">The archive is bad, or an entry could not be made; the message names the entry.</exception>
    internal UnpackedLayer Unpack(TarReader reader, CancellationToken cancellationToken)
    {
        for (TarEntry? entry = reader.Next(); entry is not null; entry = reader.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Apply(entry, reader);
            }
            catch (SyscallException error)
            {
                throw new ImageException(error.Kind, $"cannot unpack the entry \"{entry.DisplayName}\"", cause: error);
            }
            catch (IOException error)
            {
                // The framework's own calls, which write sparse files: the number of the system's error is in HResult.
                throw new ImageException(
                    FailureKind.InvalidArgument, $"cannot unpack the entry \"{entry.DisplayName}\"", cause: new SyscallException("pwrite", $"\"{entry.DisplayName}\"", (Errno)error.HResult));
            }

            _entries++;
        }

        SetDirectoryTimes();
        return new UnpackedLayer(_entries, _opaqueRoot, _tree.ImpliedDirectories);
    }

    /// <inheritdoc/>
    public void Dispose() => _tree.Dispose();

    private void Apply(TarEntry entry, TarReader reader)
    {
        LayerPath path = LayerPath.OfEntry(entry.Name);
        if (path.IsRoot)
        {
            ApplyRoot(entry);
            return;
        }

        switch (Whiteout.KindOf(path.Name, out ReadOnlySpan<byte> hidden))
        {
            case WhiteoutKind.Hides:
                Hide(path, hidden);
                break;
            case WhiteoutKind.Opaque:
                MakeParentOpaque(path);
                break;
            case WhiteoutKind.None:
                Make(entry, path, reader);
                break;
        }
    }

    private void ApplyRoot(TarEntry entry)
    {
        if (entry.Type != TarEntryType.Directory)
        {
            throw ImageException.Bad($"entry \"{entry.DisplayName}\" would replace the root of the layer");
        }

        SetAttributes(_tree.Root, entry);
        RememberTime(LayerPath.OfEntry("/"u8), entry);
    }

    /// <summary>A name hidden and also made in one layer is made: the whiteout speaks of the layers below only.</summary>
    private void Hide(LayerPath whiteout, ReadOnlySpan<byte> hidden)
    {
        if (Whiteout.IsUnusable(hidden))
        {
            throw ImageException.Bad($"entry \"{whiteout}\" hides no name");
        }

        FileDescriptor parent = _tree.Parent(whiteout);
        LayerPath path = whiteout.WithName(hidden);
        using FileDescriptor? existing = _tree.Find(path);
        if (existing is null)
        {
            LayerTree.Check(RawEntries.MakeNode(parent, hidden, FileModes.S_IFCHR, 0, 0), "mknodat", $"\"{path}\"");
        }
        else if (Attributes.Status(existing).Type == FileModes.S_IFDIR)
        {
            LayerTree.MakeOpaque(existing, path.ToString());
        }
    }

    private void MakeParentOpaque(LayerPath marker)
    {
        FileDescriptor parent = _tree.Parent(marker);
        LayerTree.MakeOpaque(parent, marker.ToString());

        // overlayfs does not look at the roots of layers: the store leaves out what lies below instead.
        _opaqueRoot |= marker.Parent.IsEmpty;
    }

    private void Make(TarEntry entry, LayerPath path, TarReader reader)
    {
        using FileDescriptor? linked = entry.Type == TarEntryType.HardLink ? FindLinked(entry, path) : null;
        Obstacle obstacle = ClearTheWay(entry.Type, path, linked);
        switch (entry.Type)
        {
            case TarEntryType.Directory:
                MakeDirectory(entry, path, obstacle);
                break;
            case TarEntryType.HardLink when obstacle != Obstacle.Kept:
                LayerTree.Check(RawEntries.MakeHardLink(linked!, _tree.Parent(path), path.Name), "linkat", $"\"{path}\"");
                break;
            case TarEntryType.HardLink:
                break;
            case TarEntryType.File:
                MakeFile(entry, path, reader);
                break;
            default:
                MakeSpecial(entry, path);
                break;
        }
    }
}
