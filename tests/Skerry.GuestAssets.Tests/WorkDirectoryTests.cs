namespace Skerry.GuestAssets.Tests;

public sealed class WorkDirectoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyBuildsOfOneResult_WorkOneAfterTheOther()
    {
        const int Builders = 6;
        const int Builds = 20;
        using var scratch = new ScratchDirectory();
        string result = Path.Combine(scratch.Path, "image");
        await Task.WhenAll(Enumerable.Range(0, Builders).Select(builder => Task.Run(
            async () =>
            {
                for (int i = 0; i < Builds; i++)
                {
                    using WorkDirectory work = await WorkDirectory.TakeAsync(result, Token);
                    Assert.Empty(Directory.GetFileSystemEntries(work.Path));
                    await File.WriteAllTextAsync(work[$"from-{builder}"], "part", Token);
                    await Task.Yield();
                    Assert.Equal([work[$"from-{builder}"]], Directory.GetFileSystemEntries(work.Path));
                }
            },
            Token)));
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Path));
    }
}
