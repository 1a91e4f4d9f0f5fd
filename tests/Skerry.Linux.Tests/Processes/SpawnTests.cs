using System.Globalization;

namespace Skerry.Linux.Tests;

public sealed class SpawnTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Program_RunsWithItsArgumentsEnvironmentAndDirectory()
    {
        SpawnRequest request = Busybox.Shell("echo \"$0 $1 $KEY\"; pwd") with
        {
            Args = ["sh", "-c", "echo \"$0 $1 $KEY\"; pwd", "zero", "ä b"],
            Environment = ["KEY=value"],
            WorkingDirectory = "/tmp",
        };
        Assert.Equal("zero ä b value\n/tmp\n", await Busybox.OutputAsync(request));
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 5", 5)]
    [InlineData("kill -9 $$", 128 + 9)]
    [InlineData("kill -15 $$", 128 + 15)]
    public async Task Exit_IsReported(string script, int shellCode)
    {
        (ExitStatus status, _) = await Busybox.RunAsync(Busybox.Shell(script));
        Assert.Equal(shellCode, status.ShellCode);
        Assert.Equal(shellCode > 128, status.Signal is not null);
    }

    [Fact]
    public async Task Exit_CanBeAwaitedManyTimesAndAfterDispose()
    {
        SpawnedProcess process = Spawner.Spawn(Busybox.Shell("read x; exit 3"));
        process.Dispose();
        Assert.Equal(3, (await process.WaitAsync(Token)).Code);
        Assert.Equal(3, (await process.WaitAsync(Token)).Code);
        Assert.Null(await process.ExecResult);
    }

    [Fact]
    public async Task EndedProcess_LeavesNoZombie()
    {
        using SpawnedProcess process = Spawner.Spawn(Busybox.Shell("exit 0"));
        await process.WaitAsync(Token);
        Assert.False(Directory.Exists($"/proc/{process.Pid}"));
    }

    [Fact]
    public void MissingProgram_IsNotFound_AndNamed()
    {
        SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(new SpawnRequest { Path = "/no/such", Args = ["x"] }));
        Assert.Equal(SpawnStage.FindProgram, error.Stage);
        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Equal("cannot start \"/no/such\": exec \"/no/such\": ENOENT, no such file or directory", error.Message);
    }

    [Fact]
    public void MissingNameInPath_IsNotFound()
    {
        SpawnException error = Assert.Throws<SpawnException>(
            () => Spawner.Spawn(new SpawnRequest { Path = "no-such-name", Args = ["x"], Environment = ["PATH=/bin:/usr/bin::/nowhere"] }));
        Assert.Equal((SpawnStage.FindProgram, Errno.ENOENT), (error.Stage, error.Errno));
    }

    [Theory]
    [InlineData("/etc/passwd", Errno.EACCES)]
    [InlineData("/etc", Errno.EISDIR)]
    [InlineData("", Errno.ENOENT)]
    public void WhatCannotBeExecuted_IsRefused(string path, Errno expected)
    {
        SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(new SpawnRequest { Path = path, Args = ["x"] }));
        Assert.Equal((SpawnStage.FindProgram, expected), (error.Stage, error.Errno));
    }

    [Fact]
    public void FileOfNoKnownFormat_FailsInExec()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["text"], "no magic number\n");
        File.SetUnixFileMode(directory["text"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(new SpawnRequest { Path = directory["text"], Args = ["x"] }));
        Assert.Equal((SpawnStage.Exec, Errno.ENOEXEC), (error.Stage, error.Errno));
    }

    [Fact]
    public void MissingWorkingDirectory_IsNamed()
    {
        SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(Busybox.Shell("true") with { WorkingDirectory = "/no/such" }));
        Assert.Equal((SpawnStage.WorkingDirectory, Errno.ENOENT), (error.Stage, error.Errno));
        Assert.Contains("\"/no/such\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Child_HasOnlyTheDescriptorsHandedOver()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using FileDescriptor leaked = FileDescriptor.Open("/etc/passwd", OpenFlags.O_RDONLY);
        using (read)
        using (write)
        {
            SpawnRequest request = Busybox.Shell("ls /proc/self/fd | tr '\\n' ' '; echo hi >&7") with { InheritedDescriptors = [(write, 7), (read, 3)] };
            Assert.Equal("0 1 2 3 4 7 ", await Busybox.OutputAsync(request)); // 4 is what ls itself opens.
            byte[] buffer = new byte[8];
            Assert.Equal("hi\n"u8.ToArray(), buffer[..read.Read(buffer)]);
        }
    }

    [Fact]
    public async Task DescriptorsMayTradePlaces()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using (read)
        using (write)
        {
            SpawnRequest request = Busybox.Shell($"echo swapped >&{read.Number}; head -c 8 <&{write.Number}") with
            {
                InheritedDescriptors = [(write, read.Number), (read, write.Number)],
            };
            Assert.Equal("swapped\n", await Busybox.OutputAsync(request));
        }
    }

    [Fact]
    public async Task Signals_AreAtTheirDefaults()
    {
        SpawnRequest request = Busybox.Shell("") with { Args = ["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"] };
        string status = await Busybox.OutputAsync(request);
        Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", status);
    }

    [Fact]
    public async Task NewSession_HasNoTerminalAndLeadsItself()
    {
        string numbers = await Busybox.OutputAsync(Busybox.Shell("cut -d' ' -f1,6,7 /proc/$$/stat") with { NewSession = true });
        string[] fields = numbers.Trim().Split(' ');
        Assert.Equal(fields[0], fields[1]);
        Assert.Equal("0", fields[2]);
    }

    [Fact]
    public async Task Umask_IsSet() => Assert.Equal("0027\n", await Busybox.OutputAsync(Busybox.Shell("umask") with { Umask = 0b000_010_111 }));

    [Fact]
    public async Task ParentDeathSignal_OutlivesTheCallingThread()
    {
        SpawnedProcess? process = null;
        var thread = new Thread(() => process = Spawner.Spawn(Busybox.Shell("sleep 100") with { ParentDeathSignal = Signals.SIGKILL }));
        thread.Start();
        thread.Join();
        using SpawnedProcess running = process!;
        await Assert.ThrowsAsync<TimeoutException>(() => running.WaitAsync(Token).WaitAsync(TimeSpan.FromMilliseconds(200), Token));
        running.PidFd.SendSignal(Signals.SIGKILL);
        Assert.Equal(Signals.SIGKILL, (await running.WaitAsync(Token)).Signal);
    }

    [Fact]
    public async Task KilledParent_TakesItsChildWithIt()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using SpawnedProcess parent = Spawner.Spawn(Probe.Request("orphan") with { Stdout = write });
        write.Dispose();
        await using var output = new FdStream(read);
        string? line = await new StreamReader(output).ReadLineAsync(Token);
        using PidFd child = PidFd.Open(int.Parse(line!, CultureInfo.InvariantCulture));
        Assert.False(child.HasExited);
        parent.PidFd.SendSignal(Signals.SIGKILL);
        await child.WaitExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        Assert.Equal(Signals.SIGKILL, (await parent.WaitAsync(Token)).Signal);
    }

    [Fact]
    public void ZeroByteInAnArgument_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Spawner.Spawn(new SpawnRequest { Path = Busybox.Program, Args = ["a\0b"] }));

    [Fact]
    public async Task SpawnAsync_StartsToo()
    {
        using SpawnedProcess process = await Spawner.SpawnAsync(Busybox.Shell("exit 4"));
        Assert.Equal(4, (await process.WaitAsync(Token)).Code);
    }

    [Fact]
    public async Task TwoHundredSpawns_BesideAllocatingThreads()
    {
        using var stop = new CancellationTokenSource();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() => Allocate(stop.Token)))];
        Array.ForEach(threads, thread => thread.Start());
        var runs = new List<Task>();
        for (int i = 0; i < 200; i++)
        {
            int code = i % 100;
            SpawnedProcess process = Spawner.Spawn(Busybox.Shell($"exit {code}"));
            runs.Add(CheckAsync(process, code));
        }

        await Task.WhenAll(runs);
        await stop.CancelAsync();
        Array.ForEach(threads, thread => thread.Join());

        static async Task CheckAsync(SpawnedProcess process, int code)
        {
            using (process)
            {
                Assert.Equal(code, (await process.WaitAsync(Token)).Code);
            }
        }
    }

    private static void Allocate(CancellationToken stop)
    {
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            GC.KeepAlive(new byte[500]);
            if (i % 4096 == 0)
            {
                GC.Collect(0);
            }
        }
    }
}
