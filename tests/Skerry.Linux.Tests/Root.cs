namespace Skerry.Linux.Tests;

/// <summary>Says why a test that needs root cannot run.</summary>
internal static class Root
{
    internal static void Require() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
}
