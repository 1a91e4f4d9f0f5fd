using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>
/// A kernel's source, ready to build from: a tarball that is unpacked below the work directory, once for each content and set of
/// patches, ours and the user's; or a tree of the user's, in which nothing is written but the patches that are asked for.
/// </summary>
internal sealed class KernelSourceTree
{
    private const string PatchMarker = ".skerry-patches";
    private const int IdLength = 12;
    private readonly string _origin;
    private readonly IReadOnlyList<string> _patches;
    private readonly string _patchDigest;
    private readonly IReadOnlyList<KernelPatch> _ownPatches;

    private KernelSourceTree(
        string origin, string directory, string id, IReadOnlyList<string> patches, string patchDigest, IReadOnlyList<KernelPatch> ownPatches)
    {
        _origin = origin;
        _patches = patches;
        _ownPatches = ownPatches;
        _patchDigest = patchDigest;
        Directory = directory;
        Id = id;
    }

    /// <summary>The tree; for a tarball it exists once <see cref="PrepareAsync"/> has ended.</summary>
    internal string Directory { get; }

    /// <summary>Tells sources apart: content and patches.</summary>
    internal string Id { get; }

    /// <summary>Identifies a source without unpacking it.</summary>
    /// <param name="path">A tree or a tarball.</param>
    /// <param name="patchDirectory">Patches to apply; null for none.</param>
    /// <param name="workDirectory">Where a tarball is unpacked.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="GuestAssetException">NotFound without the path; InvalidArgument for a directory that is no kernel's source, or patches that are none.</exception>
    internal static async Task<KernelSourceTree> IdentifyAsync(string path, string? patchDirectory, string workDirectory, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> patches = PatchesIn(patchDirectory);
        string patchDigest = await DigestOfAsync(patches, cancellationToken).ConfigureAwait(false);
        if (System.IO.Directory.Exists(path))
        {
            DemandKernelSource(path);
            return new KernelSourceTree(path, path, Short($"{Path.GetFullPath(path)}\n{ListingOf(path)}\n{patchDigest}"), patches, patchDigest, []);
        }

        if (!File.Exists(path))
        {
            throw new GuestAssetException(FailureKind.NotFound, $"there is no kernel source \"{path}\"", "give an unpacked tree or a tarball of one");
        }

        IReadOnlyList<KernelPatch> own = KernelPatch.BuiltIn();
        string ownText = string.Concat(own.Select(patch => patch.Series + patch.Text));
        string id = Short($"{await DigestOfAsync([path], cancellationToken).ConfigureAwait(false)}\n{patchDigest}\n{ownText}");
        return new KernelSourceTree(path, Path.Combine(workDirectory, $"source-{id}"), id, patches, patchDigest, own);
    }

    /// <summary>Unpacks and patches what is not yet. A tree appears under its name only when it is whole.</summary>
    /// <exception cref="GuestAssetException">InvalidArgument for a damaged tarball or a patch that does not fit; ResourceExhausted when the disk is full.</exception>
    internal async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (System.IO.Directory.Exists(_origin))
        {
            await PatchOnceAsync(_origin, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (System.IO.Directory.Exists(Directory))
        {
            return;
        }

        string partial = Path.Combine(Path.GetDirectoryName(Directory)!, $".partial-{Path.GetFileName(Directory)}");
        Remove(partial);
        System.IO.Directory.CreateDirectory(partial);
        try
        {
            await UnpackAsync(partial, cancellationToken).ConfigureAwait(false);
            DemandKernelSource(partial);
            await PatchWithOursAsync(partial, cancellationToken).ConfigureAwait(false);
            await PatchOnceAsync(partial, cancellationToken).ConfigureAwait(false);
            System.IO.Directory.Move(partial, Directory);
        }
        finally
        {
            Remove(partial);
        }
    }

    /// <summary>Removes an unpacked tree; a tree of the user's stays.</summary>
    internal void Discard()
    {
        if (Directory != _origin)
        {
            Remove(Directory);
        }
    }

    /// <summary>The time of the source's Makefile: a tarball keeps it.</summary>
    internal DateTimeOffset Time => new(File.GetLastWriteTimeUtc(Path.Combine(Directory, "Makefile")), TimeSpan.Zero);

    private async Task UnpackAsync(string directory, CancellationToken cancellationToken)
    {
        ToolResult result = await Tool.RunAsync("tar", ["-x", "--strip-components=1", "--no-same-owner", "-f", _origin, "-C", directory], "tar", default, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            bool full = result.LastError.Contains("No space left on device", StringComparison.Ordinal);
            throw new GuestAssetException(
                full ? FailureKind.ResourceExhausted : FailureKind.InvalidArgument,
                $"cannot unpack the kernel source \"{_origin}\": {result.LastError}",
                full ? $"free 1.5 GB in {Path.GetDirectoryName(directory)}" : "give a tarball of a kernel's source (.tar, .tar.xz, .tar.gz, .tar.zst), or a tree");
        }
    }

    private async Task PatchWithOursAsync(string tree, CancellationToken cancellationToken)
    {
        string makefile = await File.ReadAllTextAsync(Path.Combine(tree, "Makefile"), cancellationToken).ConfigureAwait(false);
        foreach (KernelPatch patch in _ownPatches.Where(patch => patch.Series == KernelPatch.SeriesOf(makefile)))
        {
            ToolResult result = await Tool.RunAsync("patch", ["-p1", "--batch", "--forward"], "patch", Encoding.UTF8.GetBytes(patch.Text), cancellationToken, tree).ConfigureAwait(false);
            if (result.ExitCode != 0)
            {
                throw new GuestAssetException(
                    FailureKind.InvalidArgument,
                    $"our patch {patch.Name} for Linux {patch.Series} does not fit this source: {Encoding.UTF8.GetString(result.Output).Trim()} {result.LastError}",
                    "unpack the source yourself and give the tree: it is left as it is");
            }
        }
    }

    private async Task PatchOnceAsync(string tree, CancellationToken cancellationToken)
    {
        string marker = Path.Combine(tree, PatchMarker);
        string applied = File.Exists(marker) ? await File.ReadAllTextAsync(marker, cancellationToken).ConfigureAwait(false) : string.Empty;
        if (applied == _patchDigest || (_patches.Count == 0 && applied.Length == 0))
        {
            return;
        }

        if (applied.Length > 0)
        {
            throw new GuestAssetException(FailureKind.FailedPrecondition, $"the kernel source \"{tree}\" was patched with other patches before", "give an unpatched tree, or a tarball");
        }

        foreach (string patch in _patches)
        {
            ToolResult result = await Tool.RunAsync("patch", ["-p1", "--batch", "--forward", "-i", Path.GetFullPath(patch)], "patch", default, cancellationToken, tree).ConfigureAwait(false);
            if (result.ExitCode != 0)
            {
                throw new GuestAssetException(
                    FailureKind.InvalidArgument,
                    $"the patch \"{patch}\" does not fit the kernel source: {Encoding.UTF8.GetString(result.Output).Trim()} {result.LastError}",
                    tree == _origin ? $"parts of it may be applied in {tree} now" : null);
            }
        }

        await File.WriteAllTextAsync(marker, _patchDigest, cancellationToken).ConfigureAwait(false);
    }

    private static void DemandKernelSource(string tree)
    {
        if (!File.Exists(Path.Combine(tree, "Makefile")) || !File.Exists(Path.Combine(tree, "Kconfig")))
        {
            throw new GuestAssetException(FailureKind.InvalidArgument, $"\"{tree}\" is no kernel's source: it has no Makefile or no Kconfig", "give the directory that holds both");
        }
    }

    private static string[] PatchesIn(string? directory)
    {
        if (directory is null)
        {
            return [];
        }

        string[] patches = System.IO.Directory.Exists(directory) ? [.. System.IO.Directory.EnumerateFiles(directory, "*.patch").Order(StringComparer.Ordinal)] : [];
        return patches.Length > 0
            ? patches
            : throw new GuestAssetException(FailureKind.InvalidArgument, $"there are no patches (*.patch) in \"{directory}\"");
    }

    private static async Task<string> DigestOfAsync(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in files)
        {
            await using FileStream file = File.OpenRead(path);
            hash.AppendData(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
        }

        return files.Count > 0 ? Convert.ToHexStringLower(hash.GetHashAndReset()) : string.Empty;
    }

    /// <summary>Names, sizes and times of a tree's files: reading them all would take longer than finding nothing to do.</summary>
    private static string ListingOf(string tree)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        IEnumerable<string> lines = new DirectoryInfo(tree).EnumerateFiles("*", options)
            .Where(file => file.Name != PatchMarker)
            .Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
        return Short(string.Join('\n', lines.Order(StringComparer.Ordinal)));
    }

    private static string Short(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..IdLength];

    private static void Remove(string directory)
    {
        if (System.IO.Directory.Exists(directory))
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }
}
