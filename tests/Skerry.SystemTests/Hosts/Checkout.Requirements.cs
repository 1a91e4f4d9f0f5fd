namespace Skerry.SystemTests.Hosts;

/// <content>What a test needs of the machine.</content>
public static partial class Checkout
{
    /// <summary>Skips the test, with its reason, where it cannot run.</summary>
    public static void RequireVm()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: mounts, cgroups and network namespaces");
        Assert.SkipUnless(File.Exists(Skerry), $"{Skerry} is missing; run: make image");
        Assert.SkipUnless(Directory.Exists(ShareDirectory), $"{ShareDirectory} is missing; run: make image");
    }

    /// <summary>The same for a test with a whole node.</summary>
    public static void RequireNode()
    {
        RequireVm();
        Assert.SkipUnless(Directory.Exists("/usr/lib/cni"), "needs containernetworking-plugins; run: eng/packages.sh test");
    }
}
