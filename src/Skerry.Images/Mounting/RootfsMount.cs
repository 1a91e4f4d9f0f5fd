using Skerry.Linux;

namespace Skerry.Images.Mounting;

/// <summary>A container's root file system: the layers of an image under a directory that takes what the container writes.</summary>
/// <remarks>
/// <see cref="Options"/> is what containerd would hand a shim; <see cref="Mount"/> mounts it here, whatever the number of layers.
/// </remarks>
public sealed class RootfsMount
{
    private const uint Private = 0b111_000_000;

    private readonly IReadOnlyList<string> _lower;
    private readonly string _upper;
    private readonly string _work;

    private RootfsMount(IReadOnlyList<string> lower, string upper, string work)
    {
        _lower = lower;
        _upper = upper;
        _work = work;
    }

    /// <summary>The type of the mount, which is its source too.</summary>
    public static string Type => "overlay";

    /// <summary>The options as text: lowerdir with the topmost layer first, upperdir, workdir.</summary>
    /// <remarks>With many layers they exceed the page mount(2) takes; <see cref="Mounts.Mount"/> copes with that.</remarks>
    public IReadOnlyList<string> Options => Mounts.OverlayOptions(_lower, _upper, _work);

    /// <summary>Makes the directories "upper" and "work" in <paramref name="writableDirectory"/> and puts the mount together.</summary>
    /// <param name="image">The image.</param>
    /// <param name="writableDirectory">The container's own directory; on a file system that overlayfs can write to.</param>
    /// <exception cref="SyscallException">The directories cannot be made.</exception>
    public static RootfsMount Prepare(StoredImage image, string writableDirectory)
    {
        string upper = Path.Combine(writableDirectory, "upper");
        string work = Path.Combine(writableDirectory, "work");
        Directory.CreateDirectory(writableDirectory, (UnixFileMode)Private);
        Directory.CreateDirectory(upper);
        Directory.CreateDirectory(work, (UnixFileMode)Private);

        // The root of an overlay looks as its upper directory does, so that must look as the image's root.
        using FileDescriptor root = FileDescriptor.Open(upper, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        using FileDescriptor topmost = FileDescriptor.Open(image.LayerDirectories[^1], OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        DirectoryLook.Copy(topmost, root);
        ImpliedDirectories.Restore(image, root);
        return new RootfsMount([.. image.LayerDirectories.Reverse()], upper, work);
    }

    /// <summary>Mounts it.</summary>
    /// <exception cref="SyscallException">mount(2) failed.</exception>
    public void Mount(string target) => Mounts.Overlay(target, _lower, _upper, _work);
}
