using System.Net.Sockets;
using Skerry.Core;

namespace Skerry.Protocols.Tests;

public sealed class UnixSocketTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-sock-").FullName;

    [Fact]
    public void AListeningSocket_HasTheModeAskedFor()
    {
        string path = Path.Combine(_directory, "s");
        using Socket socket = UnixSockets.Listen(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(FailureKind.AlreadyExists, Assert.Throws<SkerryException>(() => UnixSockets.Listen(path, UnixFileMode.UserRead)).Kind);
    }

    [Fact]
    public async Task ConnectingToNothing_IsNotFound_AndToADeadSocketUnavailable()
    {
        string path = Path.Combine(_directory, "s");
        CancellationToken token = TestContext.Current.CancellationToken;
        Assert.Equal(FailureKind.NotFound, (await Assert.ThrowsAsync<SkerryException>(() => UnixSockets.ConnectAsync(path, token))).Kind);
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));
            Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<SkerryException>(() => UnixSockets.ConnectAsync(path, token))).Kind);
        }
    }

    [Fact]
    public void APathThatDoesNotFit_IsRefusedWithTheLimit()
    {
        SkerryException error = Assert.Throws<SkerryException>(() => UnixSockets.Listen("/tmp/" + new string('x', 103), UnixFileMode.UserRead));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("107", error.Hint, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
