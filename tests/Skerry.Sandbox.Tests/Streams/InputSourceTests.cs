using System.Text;
using Skerry.Linux;

namespace Skerry.Sandbox.Tests.Streams;

public sealed class InputSourceTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-input-").FullName;
    private readonly string _path;

    public InputSourceTests()
    {
        _path = Path.Combine(_directory, "stdin");
        Fifos.Make(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task AWriterThatLeavesBeforeTheStart_EndsTheInput_AfterWhatItWrote()
    {
        await using InputSource input = InputSource.OpenFifo(_path);
        WriteAndLeave("one\ntwo\n");
        input.Start();
        Assert.Equal("one\ntwo\n", await ReadToEndAsync(input).WaitAsync(Soon, Token));
    }

    [Fact]
    public async Task AWriterThatLeavesBeforeTheStart_EndsTheInput_AlsoWhenItIsReadBefore()
    {
        await using InputSource input = InputSource.OpenFifo(_path);
        Task<string> text = ReadToEndAsync(input);
        WriteAndLeave("early");
        Assert.Equal("early", await text.WaitAsync(Soon, Token));
        input.Start();
    }

    [Fact]
    public async Task AWriterThatLeavesAfterTheStart_DoesNotEndTheInput_UntilItIsClosed()
    {
        await using InputSource input = InputSource.OpenFifo(_path);
        using (FileDescriptor writer = OpenWriter())
        {
            Task<int> first = ReadSomeAsync(input);
            input.Start();
            writer.Write("x"u8);
            Assert.Equal(1, await first.WaitAsync(Soon, Token));
        }

        Task<string> rest = ReadToEndAsync(input);
        await Task.Delay(Moment, Token);
        Assert.False(rest.IsCompleted);
        WriteAndLeave("more");
        input.Close();
        Assert.Equal("more", await rest.WaitAsync(Soon, Token));
    }

    [Fact]
    public async Task AnInputClosedBeforeAnybodyCame_EndsAtOnce()
    {
        await using InputSource input = InputSource.OpenFifo(_path);
        Task<string> text = ReadToEndAsync(input);
        input.Close();
        Assert.Equal(string.Empty, await text.WaitAsync(Soon, Token));
    }

    [Fact]
    public async Task AnInputNobodyComesTo_EndsAfterTheStart()
    {
        await using InputSource input = InputSource.OpenFifo(_path);
        input.Start();
        Assert.Equal(string.Empty, await ReadToEndAsync(input).WaitAsync(Soon, Token));
    }

    [Fact]
    public async Task ASilentWriter_KeepsTheInputOpen()
    {
        await using InputSource input = InputSource.OpenFifo(_path);
        using FileDescriptor writer = OpenWriter();
        input.Start();
        Task<string> text = ReadToEndAsync(input);
        await Task.Delay(TimeSpan.FromSeconds(3), Token);
        Assert.False(text.IsCompleted);
        writer.Write("late"u8);
        writer.Dispose();
        input.Close();
        Assert.Equal("late", await text.WaitAsync(Soon, Token));
    }

    private FileDescriptor OpenWriter() => FileDescriptor.Open(_path, OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK);

    private void WriteAndLeave(string text)
    {
        using FileDescriptor writer = OpenWriter();
        writer.Write(Encoding.UTF8.GetBytes(text));
    }

    private static async Task<int> ReadSomeAsync(InputSource input) => await input.ReadAsync(new byte[16], Token);

    private static async Task<string> ReadToEndAsync(InputSource input)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[16];
        int count;
        while ((count = await input.ReadAsync(buffer, Token)) > 0)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return text.ToString();
    }
}
