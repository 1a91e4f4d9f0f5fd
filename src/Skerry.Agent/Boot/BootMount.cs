using Skerry.Linux;

namespace Skerry.Agent.Boot;

/// <summary>A file system that PID 1 mounts.</summary>
internal sealed record BootMount(string Type, string Target, MountFlags Flags, string? Data = null)
{
    /// <summary>Mounts it, unless the kernel or an earlier init has done so.</summary>
    public void Mount()
    {
        Directory.CreateDirectory(Target);
        try
        {
            Mounts.Mount(Type, Target, Type, Flags, Data);
        }
        catch (SyscallException error) when (error.Errno == Errno.EBUSY)
        {
            // devtmpfs and friends refuse a second mount on the same place: it is there.
        }
    }
}
