using Skerry.Config.Annotations;

namespace Skerry.Config.Tests;

public sealed class PathGlobTests
{
    [Theory]
    [InlineData("/usr/bin/qemu", "/usr/bin/qemu", true)]
    [InlineData("/usr/bin/qemu", "/usr/bin/qemu2", false)]
    [InlineData("/usr/bin/qemu*", "/usr/bin/qemu2", true)]
    [InlineData("/usr/*/qemu", "/usr/bin/qemu", true)]
    [InlineData("/usr/*/qemu", "/usr/a/b/qemu", false)]
    [InlineData("/usr/bin/*", "/usr/bin/x/y", false)]
    [InlineData("/usr/bin/qem?", "/usr/bin/qemu", true)]
    [InlineData("/usr/bin?qemu", "/usr/bin/qemu", false)]
    [InlineData("/x[abc]", "/xb", true)]
    [InlineData("/x[a-c]", "/xd", false)]
    [InlineData("/x[^a-c]", "/xd", true)]
    [InlineData("/x[^a]y", "/x/y", false)]
    [InlineData("/x[", "/x[", true)]
    [InlineData("*", "/x", false)]
    [InlineData("/*b*d", "/abcd", true)]
    [InlineData("", "/x", false)]
    public void Globs_StayWithinOneName(string glob, string path, bool matches) => Assert.Equal(matches, PathGlob.Matches(glob, path));
}
