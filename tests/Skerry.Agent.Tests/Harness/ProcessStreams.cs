using System.Text;
using Skerry.Vsock;

namespace Skerry.Agent.Tests.Harness;

/// <summary>The host's ends of a process's streams.</summary>
public sealed class ProcessStreams : IAsyncDisposable
{
    private ProcessStreams(VsockStream input, VsockStream output, VsockStream? error)
    {
        Input = input;
        Output = output;
        Error = error;
    }

    public VsockStream Input { get; }

    public VsockStream Output { get; }

    public VsockStream? Error { get; }

    public (uint Stdin, uint Stdout, uint Stderr) Ports => (Input.LocalPort, Output.LocalPort, Error?.LocalPort ?? 0);

    public static async Task<ProcessStreams> ConnectAsync(AgentHarness harness, bool terminal) => new(
        await harness.ConnectStreamAsync(), await harness.ConnectStreamAsync(), terminal ? null : await harness.ConnectStreamAsync());

    /// <summary>Feeds the input, reads the outputs to their ends, and takes the status.</summary>
    public async Task<ProcessResult> FinishAsync(Task<int> wait, string input)
    {
        Task<string> output = ReadAllAsync(Output);
        Task<string> error = Error is null ? Task.FromResult(string.Empty) : ReadAllAsync(Error);
        try
        {
            await Input.WriteAsync(Encoding.UTF8.GetBytes(input), AgentHarness.Limit());
            Input.ShutdownSend();
        }
        catch (IOException)
        {
            // The process has ended without reading.
        }

        return new ProcessResult(await wait, await output, await error);
    }

    /// <summary>Reads until the output holds <paramref name="text"/>; returns what was read.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        var seen = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await Output.ReadAsync(buffer, AgentHarness.Limit());
            Assert.True(count > 0, $"the output ended before \"{text}\": \"{seen}\"");
            seen.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return seen.ToString();
    }

    public Task WriteAsync(string text) => Input.WriteAsync(Encoding.UTF8.GetBytes(text), AgentHarness.Limit()).AsTask();

    public async ValueTask DisposeAsync()
    {
        await Input.DisposeAsync();
        await Output.DisposeAsync();
        if (Error is not null)
        {
            await Error.DisposeAsync();
        }
    }

    public static async Task<string> ReadAllAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync(AgentHarness.Limit());
    }
}
