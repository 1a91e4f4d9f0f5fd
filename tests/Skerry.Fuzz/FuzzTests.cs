namespace Skerry.Fuzz;

/// <summary>A few seconds of every target in each test run; <c>make fuzz</c> runs longer.</summary>
public sealed class FuzzTests
{
    private const int Seed = 20260101;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    public static TheoryData<string> Names => new(FuzzTargets.All.Select(target => target.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void ATarget_StandsSomeSecondsOfMutatedInput(string name)
    {
        IFuzzTarget target = FuzzTargets.All.Single(target => target.Name == name);
        int count = new FuzzRunner(target, Seed).RunFor(Duration, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage($"{name}: {count} inputs");
        Assert.True(count >= target.Seeds.Count);
    }

    [Fact]
    public void AFinding_NamesSeedAndIterationThatReproduceIt()
    {
        var target = new PlantedBug();
        FuzzFinding finding = Assert.Throws<FuzzFinding>(() => new FuzzRunner(target, 1).RunFor(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        string[] words = finding.Message.Split('\n')[1].Split(' ');
        int seed = int.Parse(words[^3], null);
        int iteration = int.Parse(words[^1], null);
        Assert.Throws<FuzzFinding>(() => new FuzzRunner(target, seed).RunOne(iteration));
    }

    [Fact]
    public void MemoryTakenForAnAnnouncedLength_IsAFinding()
    {
        FuzzFinding finding = Assert.Throws<FuzzFinding>(() => new FuzzRunner(new Glutton(), 1).RunOne(0));
        Assert.Contains("one input allocated", finding.Message, StringComparison.Ordinal);
    }

    private sealed class PlantedBug : IFuzzTarget
    {
        public string Name => "planted";

        public IReadOnlyList<byte[]> Seeds => ["good"u8.ToArray()];

        public void Run(byte[] input)
        {
            if (input.Contains((byte)0xFF))
            {
                throw new InvalidOperationException("found");
            }
        }
    }

    private sealed class Glutton : IFuzzTarget
    {
        public string Name => "glutton";

        public IReadOnlyList<byte[]> Seeds => [[1]];

        public void Run(byte[] input) => Assert.NotNull(new byte[32 << 20]);
    }
}
