using System.Text;

namespace Skerry.Linux.Tests;

public sealed class SpawnTerminalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slave_BecomesTheControllingTerminal()
    {
        (FileDescriptor master, FileDescriptor slave) = Pty.Open();
        Pty.Resize(master, 33, 99);
        SpawnRequest request = Busybox.Shell("test -t 0 && test -t 1 && echo tty; stty size; echo over > /dev/tty") with
        {
            Stdin = slave,
            Stdout = slave,
            Stderr = slave,
            NewSession = true,
            ControllingTerminal = true,
        };
        using SpawnedProcess process = Spawner.Spawn(request);
        slave.Dispose();
        Assert.Equal("tty\r\n33 99\r\nover\r\n", await ReadAllAsync(master));
        Assert.Equal(0, (await process.WaitAsync(Token)).Code);
    }

    [Fact]
    public void PipeAsControllingTerminal_IsRefused()
    {
        SpawnException error = Assert.Throws<SpawnException>(
            () => Spawner.Spawn(Busybox.Shell("true") with { NewSession = true, ControllingTerminal = true }));
        Assert.Equal((SpawnStage.Terminal, Errno.ENOTTY), (error.Stage, error.Errno));
    }

    [Fact]
    public async Task InterruptCharacter_ReachesTheForegroundProcess()
    {
        (FileDescriptor master, FileDescriptor slave) = Pty.Open();
        SpawnRequest request = Busybox.Shell("trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 1; done") with
        {
            Stdin = slave,
            Stdout = slave,
            Stderr = slave,
            NewSession = true,
            ControllingTerminal = true,
        };
        using SpawnedProcess process = Spawner.Spawn(request);
        slave.Dispose();
        byte[] buffer = new byte[64];
        Assert.Equal("ready\r\n", Encoding.ASCII.GetString(buffer, 0, master.Read(buffer)));
        master.Write([3]);
        Assert.Contains("caught", await ReadAllAsync(master), StringComparison.Ordinal);
        Assert.Equal(7, (await process.WaitAsync(Token)).Code);
    }

    [Fact]
    public async Task TerminalOfTheContainersOwnDevpts_IsItsConsole()
    {
        Busybox.Require();
        using var directory = new TemporaryDirectory();
        string root = Busybox.MakeRoot(directory);
        SpawnRequest request = Busybox.Container(root, "tty; ls -1 /dev/pts; echo console > /dev/console; read line; echo got $line") with
        {
            AllocateTerminal = true,
        };
        using SpawnedProcess process = Spawner.Spawn(request);
        process.Terminal!.Write("typed\n"u8);
        string output = await ReadAllAsync(process.Terminal);
        Assert.Equal("typed\n/dev/pts/0\n0\nptmx\nconsole\ngot typed\n", Sorted(output));
        Assert.Equal(0, (await process.WaitAsync(Token)).Code);

        // The echo of what was typed comes whenever the kernel got it.
        static string Sorted(string output)
        {
            string text = output.Replace("\r", "", StringComparison.Ordinal);
            int echo = text.IndexOf("typed\n", StringComparison.Ordinal);
            return "typed\n" + text.Remove(echo, "typed\n".Length);
        }
    }

    [Fact]
    public async Task JoinedProcess_GetsATerminalToo_AndWaitsAtItsGate()
    {
        Busybox.Require();
        using var directory = new TemporaryDirectory();
        string root = Busybox.MakeRoot(directory);
        (FileDescriptor gateRead, FileDescriptor gateWrite) = Pipes.Create();
        (FileDescriptor input, FileDescriptor holder) = Pipes.Create();
        using SpawnedProcess init = Spawner.Spawn(Busybox.Container(root, "read x") with { Stdin = input });
        input.Dispose();
        SpawnRequest request = Busybox.Container(root, "tty; stty size") with
        {
            Namespaces = CloneFlags.None,
            RootSwitch = null,
            MountSteps = [],
            JoinNamespaces = [(init.PidFd, Busybox.ContainerNamespaces)],
            AllocateTerminal = true,
            StartGate = gateRead,
        };
        using (gateRead)
        using (gateWrite)
        using (SpawnedProcess process = Spawner.Spawn(request))
        {
            Pty.Resize(process.Terminal!, 10, 20);
            gateWrite.Write([1]);
            Assert.Null(await process.ExecResult);
            Assert.Equal("/dev/pts/0\r\n10 20\r\n", await ReadAllAsync(process.Terminal!));
        }

        holder.Dispose();
        await init.WaitAsync(Token);
    }

    private static async Task<string> ReadAllAsync(FileDescriptor master)
    {
        await using var stream = new FdStream(master);
        return await new StreamReader(stream, Encoding.UTF8).ReadToEndAsync(Token);
    }
}
