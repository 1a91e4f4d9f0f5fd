using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Sandbox.Tests.Hooks;

public sealed class HookRunnerTests : IDisposable
{
    private static readonly OciState State = new() { OciVersion = "1.1.0", Id = "c1", Status = "creating", Pid = 42, Bundle = "/bundle" };

    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-hooks-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task AHook_ReadsTheState_AndHasItsOwnEnvironmentOnly()
    {
        string output = Path.Combine(_directory, "out");
        await RunAsync(Shell($"/bin/cat >{output}; echo $NAME $HOME >{output}.env", "NAME=value"));
        OciState read = OciJson.ParseState(await File.ReadAllBytesAsync(output, TestContext.Current.CancellationToken));
        Assert.Equal(("c1", "creating", 42, "/bundle"), (read.Id, read.Status, read.Pid, read.Bundle));
        Assert.Equal("value\n", await File.ReadAllTextAsync(output + ".env", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AHookThatFails_NamesItself_AndStopsTheRest()
    {
        string later = Path.Combine(_directory, "later");
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => RunAsync(Shell("echo no licence >&2; exit 3"), Shell($": >{later}")));
        Assert.Equal("prestart hook #0 \"/bin/sh\" of container \"c1\" exited with code 3; it said: no licence", error.Message);
        Assert.False(File.Exists(later));
    }

    [Fact]
    public async Task AHookThatHangs_IsKilledAtItsTimeout()
    {
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => RunAsync(Shell("exec /bin/sleep 1000") with { Timeout = 1 }));
        Assert.Equal(FailureKind.TimedOut, error.Kind);
    }

    [Fact]
    public async Task AHookThatDoesNotExist_IsAnError()
    {
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => RunAsync(new OciHook { Path = "/no/such/hook" }));
        Assert.Contains("cannot start prestart hook #0 \"/no/such/hook\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task AHookThatDoesNotReadItsState_IsFine() => RunAsync(Shell("exec <&-; exit 0"));

    private static Task RunAsync(params OciHook[] hooks) => HookRunner.RunAsync("prestart", hooks, State, CancellationToken.None);

    private static OciHook Shell(string script, params string[] environment) => new() { Path = "/bin/sh", Args = ["sh", "-c", script], Env = environment };
}
