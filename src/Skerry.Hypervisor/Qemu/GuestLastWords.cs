namespace Skerry.Hypervisor.Qemu;

/// <summary>Recognizes in the console's tail why a guest kernel gave up, and what the user can do about it.</summary>
internal static class GuestLastWords
{
    private static readonly (string Words, string Meaning, string Hint)[] s_known =
    [
        ("System is deadlocked on memory", OutOfMemory, MoreMemory),
        ("Out of memory and no killable processes", OutOfMemory, MoreMemory),
        ("Initramfs unpacking failed: write error", OutOfMemory, MoreMemory),
        ("Initramfs unpacking failed", "the guest kernel cannot unpack the initramfs", "build it again: skerry image build"),
        ("dm-verity device corrupted", "the guest's image is not the one its root hash stands for", "build the image again, or set kernel_verity_params to what was printed with it"),
        ("(error -8)", "the init of the guest's image is for another architecture", "build the image with an agent for this one"),
        ("Cannot open root device", "the guest kernel does not find its root disk, or has no driver for it", NeedsDrivers),
        ("No working init found", "the guest kernel found no /init it can run", "build the initramfs again: skerry image build"),
        ("Requested init", "the guest kernel cannot run the init it was told to", "remove init= from kernel_params, or correct it"),
        ("Unable to mount root fs on unknown-block(0,0)", "the guest kernel has no root file system", "set initrd or image in the configuration; the kernel must have their drivers built in"),
        ("Unable to mount root fs", "the guest kernel cannot read its root disk", "set rootfs_type to the image's file system, which the kernel must have built in"),
        ("Attempted to kill init", "the guest's agent ended, which ends the guest", "its last words are on the console; report them if the agent is ours"),
    ];

    private const string OutOfMemory = "the guest has too little memory to boot";
    private const string MoreMemory = "raise default_memory in the configuration";
    private const string NeedsDrivers =
        "boot image with a kernel that has virtio_blk, the file system and dm-verity built in (skerry kernel build); Debian's kernels need initrd";
    private const string Panic = "Kernel panic - not syncing";

    /// <summary>True when the kernel said that it panics.</summary>
    internal static bool HasPanic(string console) => console.Contains(Panic, StringComparison.Ordinal);

    /// <summary>What went wrong and what to do; null when the console does not say.</summary>
    internal static (string Meaning, string Hint)? Interpret(string console)
    {
        foreach ((string words, string meaning, string hint) in s_known)
        {
            if (console.Contains(words, StringComparison.Ordinal))
            {
                return (meaning, hint);
            }
        }

        int at = console.LastIndexOf(Panic, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        int end = console.IndexOf('\n', at);
        string line = (end < 0 ? console[at..] : console[at..end]).Trim();
        return ($"the guest kernel says \"{line}\"", "see its console; another kernel or kernel_params may help");
    }
}
