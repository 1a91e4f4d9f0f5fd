using Skerry.Core;

namespace Skerry.Oci.Tests;

public sealed class UserResolverTests
{
    private const string Passwd = "# people\nroot:x:0:0:root:/root:/bin/sh\nbroken\napp:x:1000:1001::/home/app:\nnohome:x:7:7\n12:x:13:14::/odd:\n";
    private const string Group = "root:x:0:root\napp:x:1001:\nwheel:x:10:root,app\naudio:x:29:app\nbad:x:minus:app\n";

    [Theory]
    [InlineData("", 0, 0, "0,10", "/root")]
    [InlineData("app", 1000, 1001, "10,29", "/home/app")]
    [InlineData("1000", 1000, 1001, "10,29", "/home/app")]
    [InlineData("app:wheel", 1000, 10, "", "/home/app")]
    [InlineData("app:4242", 1000, 4242, "", "/home/app")]
    [InlineData("4242", 4242, 0, "", "/")]
    [InlineData("4242:audio", 4242, 29, "", "/")]
    [InlineData("nohome", 7, 7, "", "/")]
    [InlineData("12", 12, 0, "", "/")]
    public void AUser_Resolves(string user, uint uid, uint gid, string groups, string home)
    {
        ResolvedUser resolved = UserResolver.Resolve(user, Passwd, Group);
        Assert.Equal((uid, gid, groups, home), (resolved.Uid, resolved.Gid, string.Join(',', resolved.AdditionalGids), resolved.Home));
    }

    [Theory]
    [InlineData("ghost", "unable to find user ghost: no matching entries in passwd file")]
    [InlineData("app:ghosts", "unable to find group ghosts: no matching entries in group file")]
    [InlineData("4000000000", "uids and gids must be in range 0-2147483647")]
    public void AnUnknownName_IsSaidAsRuncSaysIt(string user, string message) =>
        Assert.Equal(message, Assert.Throws<SkerryException>(() => UserResolver.Resolve(user, Passwd, Group)).Message);

    [Fact]
    public void WithoutAccountFiles_NumbersStillWork() =>
        Assert.Equal((5u, 6u), UserResolver.Resolve("5:6", string.Empty, string.Empty) is var user ? (user.Uid, user.Gid) : default);
}
