using System.Text;

namespace Skerry.Hypervisor.Tests;

/// <summary>A running guest of the tests and the conversation with it.</summary>
public sealed class TestMachine(IVirtualMachine machine, ScratchDirectory state) : IAsyncDisposable
{
    private static readonly TimeSpan s_bootLimit = TimeSpan.FromSeconds(60);
    private readonly StreamReader _reader = new(machine.GuestChannelStream!, Encoding.ASCII, detectEncodingFromByteOrderMarks: false, bufferSize: 1024, leaveOpen: true);

    public IVirtualMachine Machine { get; } = machine;

    public string StateDirectory => state.Path;

    /// <summary>The guest's next line.</summary>
    public async Task<string> ReadLineAsync()
    {
        try
        {
            string? line = await _reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_bootLimit, TestContext.Current.CancellationToken);
            return line ?? throw new EndOfStreamException($"the machine ended: {await Machine.Exited}");
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(Machine.DescribeBootFailure("a line", s_bootLimit).Message);
        }
    }

    public async Task<string> AskAsync(string line)
    {
        await Machine.GuestChannelStream!.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), TestContext.Current.CancellationToken);
        return await ReadLineAsync();
    }

    public async Task WaitUntilReadyAsync() => Assert.Equal("ready", await ReadLineAsync());

    public async Task<MachineExit> WaitExitAsync() => await Machine.Exited.WaitAsync(s_bootLimit, TestContext.Current.CancellationToken);

    /// <summary>True while a process has this machine's number.</summary>
    public bool ProcessExists() => Directory.Exists($"/proc/{Machine.ProcessId}") && !File.ReadAllText($"/proc/{Machine.ProcessId}/stat").Contains(") Z ", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await Machine.DisposeAsync();
        _reader.Dispose();
        state.Dispose();
    }
}
