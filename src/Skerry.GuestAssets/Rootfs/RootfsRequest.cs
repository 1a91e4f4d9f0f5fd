using Skerry.GuestAssets.Disks;

namespace Skerry.GuestAssets.Rootfs;

/// <summary>Which root file system somebody asked for.</summary>
public sealed record RootfsRequest
{
    /// <summary>The distribution, one of <see cref="RootfsRecipe.All"/>.</summary>
    public required string Distribution { get; init; }

    /// <summary>The directory to make; a former one of the same name is replaced.</summary>
    public required string Directory { get; init; }

    /// <summary>The agent's program.</summary>
    public required string AgentPath { get; init; }

    /// <summary>True for the agent as the guest's init; false for systemd with the agent as its service.</summary>
    public bool AgentIsInit { get; init; } = true;

    /// <summary>The distribution's release, as in "bookworm"; null takes the recipe's.</summary>
    public string? Suite { get; init; }

    /// <summary>Where packages come from; null leaves it to the distribution's tool.</summary>
    public string? Mirror { get; init; }

    /// <summary>Packages beside those the recipe names.</summary>
    public IReadOnlyList<string> ExtraPackages { get; init; } = [];

    /// <summary>A directory of kernel modules, named after the kernel's release; null for a kernel without modules.</summary>
    public string? ModulesDirectory { get; init; }

    /// <summary>The time the distribution's tool takes for what it makes, in seconds since 1970 (SOURCE_DATE_EPOCH).</summary>
    public long Epoch { get; init; } = DiskImageRequest.DefaultEpoch;
}
