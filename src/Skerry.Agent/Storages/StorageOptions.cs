using System.Globalization;
using Skerry.Core;
using Skerry.Linux;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Storages;

/// <summary>The options of a storage request: those that mount(2) takes, and those of Kata's own.</summary>
/// <param name="Flags">Flags of the mount.</param>
/// <param name="Propagation">How mounts below spread, or None.</param>
/// <param name="Data">What the file system itself understands.</param>
/// <param name="Mode">Permissions of the mount point's root, or null.</param>
/// <param name="GroupId">The group that owns it (<c>fsgid=</c>), or null.</param>
internal readonly record struct StorageOptions(MountFlags Flags, MountFlags Propagation, string Data, uint? Mode, uint? GroupId)
{
    /// <summary>Reads the options of <paramref name="storage"/>.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a mode or group that is no number.</exception>
    public static StorageOptions Parse(StorageRequest storage)
    {
        (MountFlags flags, MountFlags propagation, string data) = Mounts.ParseOptions(
            storage.Options.Where(o => !o.StartsWith("fsgid=", StringComparison.Ordinal)));
        return new StorageOptions(flags, propagation, data, Number(storage, "mode=", 8), Number(storage, "fsgid=", 10));
    }

    private static uint? Number(StorageRequest storage, string prefix, int numberBase)
    {
        string? text = storage.Options.LastOrDefault(o => o.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
        if (text is null)
        {
            return null;
        }

        bool valid = text.Length is > 0 and <= 10 && text.All(c => c >= '0' && c < '0' + numberBase);
        ulong value = valid ? Convert.ToUInt64(text, numberBase) : ulong.MaxValue;
        return value <= uint.MaxValue
            ? (uint)value
            : throw new SkerryException(
                FailureKind.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"storage option \"{prefix}{text}\" is no number of base {numberBase}"));
    }
}
