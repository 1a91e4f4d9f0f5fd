namespace Skerry.Cli.Commands.Image;

/// <summary>Which root image <c>skerry image build</c> was asked for.</summary>
/// <param name="Format">initramfs, ext4, xfs or erofs.</param>
/// <param name="Rootfs">The directory it is made from; null takes the agent alone.</param>
/// <param name="Output">The file to make.</param>
/// <param name="Verity">Whether to add a hash tree.</param>
/// <param name="Architecture">The guest's; null is the host's.</param>
/// <param name="Agent">The agent's program, for an image without <paramref name="Rootfs"/>.</param>
internal sealed record RootImageOptions(string Format, string? Rootfs, string Output, bool Verity, string? Architecture, string Agent);
