using System.Security.Cryptography;
using System.Text;
using Skerry.Core;
using Skerry.GuestAssets.Rootfs;

namespace Skerry.GuestAssets.Disks;

/// <summary>
/// Builds a disk image from a root file system: a partition table, the file system, and on request a dm-verity hash tree. No root and
/// no loop device are needed. The same inputs give the same bytes, and a second build of them does nothing.
/// </summary>
public static class DiskImageBuilder
{
    /// <summary>Raise it when the same inputs give other images than before.</summary>
    private const string FormatVersion = "disk-image 1";
    private const int Steps = 5;

    /// <summary>Builds, or finds built, what <paramref name="request"/> asks for.</summary>
    /// <exception cref="GuestAssetException">Unusable root file system, a missing program, no space: nothing is at the image's place that was not there before.</exception>
    public static async Task<DiskImage> BuildAsync(
        DiskImageRequest request, IProgress<GuestImageProgress>? progress, CancellationToken cancellationToken)
    {
        Report(progress, "reading the root file system", 1);
        RootfsTree tree = RootfsTree.Read(request.RootfsDirectory);
        string architecture = RootfsAgent.Check(tree, request.Architecture);
        byte[] content = tree.Digest();
        byte[] digest = Digest(request, content);
        using WorkDirectory work = await WorkDirectory.TakeAsync(request.OutputPath, cancellationToken).ConfigureAwait(false);
        if (FindBuilt(request.OutputPath, digest) is { } built)
        {
            return built.Describe(request.OutputPath, rebuilt: false);
        }

        string type = NameOf(request.Type);
        Report(progress, $"making the {type} file system of {tree.Entries.Count} entries", 2);
        var fileSystem = new FileSystemRequest(tree, work["rootfs"], work.Path, new Guid(content.AsSpan(0, 16)), request.Epoch);
        await FileSystemMaker.For(request.Type).MakeAsync(fileSystem, cancellationToken).ConfigureAwait(false);

        Report(progress, request.Verity ? "composing the disk and hashing it" : "composing the disk", 3);
        string disk = work["disk"];
        VerityParameters? verity = await DiskComposer.ComposeAsync(fileSystem.Path, disk, request.Verity, content, cancellationToken).ConfigureAwait(false);
        var facts = new DiskImageFacts
        {
            Version = DiskImageFacts.CurrentVersion,
            InputDigest = Convert.ToHexStringLower(digest),
            Digest = Convert.ToHexStringLower(FileDigest.Sha256(disk)),
            SizeBytes = new FileInfo(disk).Length,
            RootfsType = type,
            KernelVerityParams = verity?.ToString() ?? string.Empty,
            Architecture = architecture,
        };
        Report(progress, "listing what is in it", 4);
        byte[] bill = BillOfMaterials.Write(tree, Path.GetFileNameWithoutExtension(request.OutputPath), content, request.Epoch);
        Report(progress, $"writing {request.OutputPath}", 5);
        await PutInPlaceAsync(request, disk, facts, bill, cancellationToken).ConfigureAwait(false);
        return facts.Describe(request.OutputPath, rebuilt: true);
    }

    /// <summary>The configuration's word for a file system.</summary>
    public static string NameOf(RootfsType type) => type.ToString().ToLowerInvariant();

    private static byte[] Digest(DiskImageRequest request, byte[] content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{FormatVersion}\n{request.Type}\n{request.Verity}\n{request.Epoch}\n"));
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }

    private static DiskImageFacts? FindBuilt(string path, byte[] digest) =>
        DiskImageFacts.Read(path) is { } facts && facts.InputDigest == Convert.ToHexStringLower(digest)
            && new FileInfo(path) is { Exists: true } file && file.Length == facts.SizeBytes
            ? facts
            : null;

    /// <summary>Facts that do not fit the image would be worse than none: the old ones go first, the new ones come last.</summary>
    private static async Task PutInPlaceAsync(DiskImageRequest request, string disk, DiskImageFacts facts, byte[] bill, CancellationToken cancellationToken)
    {
        try
        {
            File.Delete(DiskImageFacts.PathFor(request.OutputPath));
            File.Move(disk, request.OutputPath, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new GuestAssetException(FailureKind.HostDenied, $"cannot put the image at \"{request.OutputPath}\"", "choose another --output", cause);
        }

        await AtomicFile.WriteAsync(BillOfMaterials.PathFor(request.OutputPath), bill, cancellationToken).ConfigureAwait(false);
        await AtomicFile.WriteAsync(DiskImageFacts.PathFor(request.OutputPath), facts.ToJson(), cancellationToken).ConfigureAwait(false);
    }

    private static void Report(IProgress<GuestImageProgress>? progress, string step, int number) =>
        progress?.Report(new GuestImageProgress(step, number, Steps));
}
