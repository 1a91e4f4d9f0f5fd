using System.Globalization;

namespace Skerry.GuestAssets.Disks;

/// <summary>Makes erofs from a directory, uncompressed: pages of a mapped image can be used where they are.</summary>
internal sealed class ErofsMaker : FileSystemMaker
{
    internal override async Task MakeAsync(FileSystemRequest request, CancellationToken cancellationToken)
    {
        List<string> arguments = ["--quiet", "-T", request.Epoch.ToString(CultureInfo.InvariantCulture), "-U", request.Uuid.ToString()];
        if (!Environment.IsPrivilegedProcess)
        {
            arguments.Add("--all-root");
        }

        // What a guest mounts over stays empty; sockets of daemons that ran there mean nothing in another guest.
        arguments.AddRange(["--exclude-regex=^(dev|proc|run|sys|tmp)/", request.Path, request.Tree.RootDirectory]);
        await RunAsync("mkfs.erofs", arguments, "erofs-utils", request.Path, cancellationToken).ConfigureAwait(false);
        Pad(request.Path);
    }

    private static void Pad(string path)
    {
        using FileStream file = File.OpenWrite(path);
        file.SetLength(Blocks(file.Length) * BlockBytes);
    }
}
