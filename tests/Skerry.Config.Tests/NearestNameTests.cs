namespace Skerry.Config.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] Known = ["default_memory", "default_vcpus", "path"];

    [Theory]
    [InlineData("defualt_memory", "default_memory")]
    [InlineData("default_vcpu", "default_vcpus")]
    [InlineData("DEFAULT_MEMORY", null)]
    [InlineData("pth", "path")]
    [InlineData("kernel", null)]
    [InlineData("", null)]
    public void ANameIsSuggested_OnlyWhenItIsNear(string written, string? meant) => Assert.Equal(meant, NearestName.Find(written, Known));
}
