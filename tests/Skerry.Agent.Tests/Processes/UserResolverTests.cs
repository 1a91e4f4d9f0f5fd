using Skerry.Agent.Processes;
using Skerry.Core;
using Skerry.Protocols.Agent;
using User = Skerry.Protocols.Agent.Oci.User;

namespace Skerry.Agent.Tests.Processes;

public sealed class UserResolverTests
{
    private static readonly UserDatabase s_database = new(
        "root:x:0:0:root:/root:/bin/sh\nbroken line\nweb:x:33:44::/srv/web:/bin/false\n12:x:77:78::/home/12:\nhuge:x:99999999999:1::/:\n",
        "root:x:0:\nwww:x:44:web\nlog:x:50:root,web\nmail:x:51:root\n");

    [Fact]
    public void NumbersOfTheSpec_StayAsTheyAre()
    {
        ProcessIdentity identity = UserResolver.Resolve(new User { UID = 33, GID = 5, AdditionalGids = { 7, 8 } }, null, s_database);

        Assert.Equal((33u, 5u, "/srv/web"), (identity.Uid, identity.Gid, identity.Home));
        Assert.Equal([7u, 8u], identity.Groups);
    }

    [Fact]
    public void AName_BringsItsGroupAndItsMemberships()
    {
        ProcessIdentity identity = UserResolver.Resolve(new User(), new StringUser { Uid = "web" }, s_database);

        Assert.Equal((33u, 44u), (identity.Uid, identity.Gid));
        Assert.Equal([44u, 50u], identity.Groups);
    }

    [Fact]
    public void AGroupName_WinsOverTheUsersOwnGroup()
    {
        ProcessIdentity identity = UserResolver.Resolve(null, new StringUser { Uid = "web", Gid = "mail", AdditionalGids = { "root", "60" } }, s_database);

        Assert.Equal(51u, identity.Gid);
        Assert.Equal([44u, 50u, 0u, 60u], identity.Groups);
    }

    [Fact]
    public void ANumberThatIsAName_IsTheName() =>
        Assert.Equal(77u, UserResolver.Resolve(null, new StringUser { Uid = "12" }, s_database).Uid);

    [Fact]
    public void AnUnlistedNumber_HasGroupZeroAndTheRootDirectoryAsHome()
    {
        ProcessIdentity identity = UserResolver.Resolve(null, new StringUser { Uid = "4000" }, s_database);

        Assert.Equal((4000u, 0u, "/"), (identity.Uid, identity.Gid, identity.Home));
        Assert.Empty(identity.Groups);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("huge")]
    [InlineData("-1")]
    public void AnUnknownUser_IsNamedInTheError(string name)
    {
        SkerryException error = Assert.Throws<SkerryException>(() => UserResolver.Resolve(null, new StringUser { Uid = name }, s_database));

        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Equal($"unable to find user {name}: no matching entries in passwd file", error.Message);
    }

    [Fact]
    public void AnUnknownGroup_IsNamedInTheError() =>
        Assert.Contains("group nope", Assert.Throws<SkerryException>(
            () => UserResolver.Resolve(null, new StringUser { Uid = "web", Gid = "nope" }, s_database)).Message, StringComparison.Ordinal);

    [Fact]
    public void AnEmptyDatabase_StillServesRoot() =>
        Assert.Equal("/", UserResolver.Resolve(new User(), null, new UserDatabase(string.Empty, string.Empty)).Home);
}
