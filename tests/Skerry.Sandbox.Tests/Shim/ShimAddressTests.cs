using Skerry.Core;
using Skerry.Shim;

namespace Skerry.Sandbox.Tests.Shim;

public sealed class ShimAddressTests
{
    /// <summary>What containerd's own function computes: sha256 of the joined path.</summary>
    [Fact]
    public void TheAddress_IsContainerdsHashOfAddressNamespaceAndId() => Assert.Equal(
        "/run/containerd/s/" + Sha256("/run/containerd/containerd.sock/default/abc"),
        ShimAddress.PathFor("/run/containerd/containerd.sock", "default", SandboxId.Parse("abc")));

    [Fact]
    public void WithoutContainerd_TheSocketIsInTheStateDirectory() =>
        Assert.EndsWith("/abc/shim.sock", ShimAddress.PathFor(string.Empty, "skerry", SandboxId.Parse("abc")), StringComparison.Ordinal);

    [Fact]
    public void ADirectoryGivenByTheCaller_IsUsed() =>
        Assert.StartsWith("/run/x/", ShimAddress.PathFor("/c.sock", "n", SandboxId.Parse("abc"), "/run/x"), StringComparison.Ordinal);

    [Fact]
    public void APathTooLongForASocket_IsRefused() =>
        Assert.Throws<SkerryException>(() => ShimAddress.PathFor("/c.sock", "n", SandboxId.Parse("abc"), "/" + new string('d', 60)));

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
