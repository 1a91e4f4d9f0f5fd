using System.Text;
using Skerry.Agent.Boot;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Storages;

/// <summary>Writes files of the host into the guest piece by piece, for sandboxes without a shared file system.</summary>
/// <remarks>
/// Only below the directory of shared containers, resolved by the kernel in that root. A regular file is written beside its name
/// and renamed when it is complete, so that a container never sees half of it.
/// </remarks>
internal sealed class FileCopier(GuestPaths paths)
{
    private const uint DefaultDirectoryMode = 0b111_101_000;

    /// <summary>Takes one piece of a file, a directory, or a symbolic link.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a path outside of the share or a piece outside of the file.</exception>
    public void Copy(CopyFileRequest request)
    {
        string path = Relative(request);
        if (request.Offset < 0 || request.FileSize < 0 || request.Offset > request.FileSize - request.Data.Length)
        {
            throw new SkerryException(
                FailureKind.InvalidArgument, $"{request.Data.Length} bytes at {request.Offset} do not fit a file of {request.FileSize} bytes: \"{request.Path}\"");
        }

        Directory.CreateDirectory(paths.SharedContainers);
        using FileDescriptor root = FileDescriptor.Open(paths.SharedContainers, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        (string parent, _) = RootedFiles.SplitLast(path);
        RootedFiles.MakeDirectories(root, parent, request.DirMode != 0 ? request.DirMode & 0xFFF : DefaultDirectoryMode);
        switch (request.FileMode & FileModes.S_IFMT)
        {
            case FileModes.S_IFDIR:
                MakeDirectory(root, path, request);
                break;
            case FileModes.S_IFLNK:
                RootedFiles.MakeSymbolicLink(root, path, Encoding.UTF8.GetString(request.Data.Span));
                RootedFiles.ChangeLinkOwner(root, path, (uint)request.Uid, (uint)request.Gid);
                break;
            case FileModes.S_IFREG or 0:
                WritePiece(root, path, request);
                break;
            default:
                throw new SkerryException(FailureKind.InvalidArgument, $"\"{request.Path}\" is neither file, directory nor symbolic link");
        }
    }

    private string Relative(CopyFileRequest request)
    {
        string root = paths.SharedContainers + "/";
        bool inside = request.Path.StartsWith(root, StringComparison.Ordinal) && !request.Path.Split('/').Contains("..");
        return inside
            ? request.Path[root.Length..]
            : throw new SkerryException(FailureKind.InvalidArgument, $"\"{request.Path}\" is not below \"{root}\"");
    }

    private static void MakeDirectory(FileDescriptor root, string path, CopyFileRequest request)
    {
        RootedFiles.MakeDirectories(root, path);
        using FileDescriptor directory = RootedFiles.Open(root, path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        Finish(directory, request);
    }

    private static void WritePiece(FileDescriptor root, string path, CopyFileRequest request)
    {
        (string parent, string name) = RootedFiles.SplitLast(path);
        string partial = $"{parent}/.{name}.part";
        OpenFlags fresh = request.Offset == 0 ? OpenFlags.O_TRUNC : OpenFlags.O_RDONLY;
        using FileDescriptor file = RootedFiles.Open(root, partial, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_NOFOLLOW | fresh, 0b110_000_000);
        RootedFiles.WriteAt(file, request.Data.Span, request.Offset);
        if (Attributes.Status(file).SizeBytes >= (ulong)request.FileSize)
        {
            Finish(file, request);
            RootedFiles.Rename(root, partial, name);
        }
    }

    private static void Finish(FileDescriptor file, CopyFileRequest request)
    {
        RootedFiles.ChangeOwner(file, (uint)request.Uid, (uint)request.Gid);
        RootedFiles.ChangeMode(file, request.FileMode & 0xFFF);
    }
}
