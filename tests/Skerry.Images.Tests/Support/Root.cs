namespace Skerry.Images.Tests.Support;

/// <summary>Unpacking sets owners, devices and trusted attributes.</summary>
internal static class Root
{
    internal static void Require() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
}
