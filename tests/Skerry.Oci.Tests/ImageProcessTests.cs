using Skerry.Core;

namespace Skerry.Oci.Tests;

public sealed class ImageProcessTests
{
    private static readonly OciImageDefaults Image = new()
    {
        Entrypoint = ["/entry"],
        Cmd = ["serve"],
        Env = ["PATH=/bin", "A=1"],
        User = "app",
        WorkingDir = "/srv",
    };

    [Fact]
    public void WithoutARequest_TheImageDecides()
    {
        ImageProcess process = ImageProcess.Merge(Image, new ImageProcessRequest());
        Assert.Equal(["/entry", "serve"], process.Args);
        Assert.Equal(["PATH=/bin", "A=1"], process.Env);
        Assert.Equal(("/srv", "app"), (process.Cwd, process.User));
    }

    [Fact]
    public void Arguments_ReplaceTheCommandAndKeepTheEntryPoint() =>
        Assert.Equal(["/entry", "-x"], ImageProcess.Merge(Image, new ImageProcessRequest { Args = ["-x"] }).Args);

    [Fact]
    public void ANewEntryPoint_DropsTheImagesCommand() =>
        Assert.Equal(["/other"], ImageProcess.Merge(Image, new ImageProcessRequest { Entrypoint = ["/other"] }).Args);

    [Fact]
    public void ARequestsEnvironment_Wins()
    {
        ImageProcess process = ImageProcess.Merge(Image, new ImageProcessRequest { Env = ["A=2", "B="], Terminal = true });
        Assert.Equal(["PATH=/bin", "TERM=xterm", "A=2", "B="], process.Env);
    }

    [Fact]
    public void NoImage_GivesTheDefaults()
    {
        ImageProcess process = ImageProcess.Merge(null, new ImageProcessRequest { Args = ["true"] });
        Assert.Equal([ImageProcess.DefaultPath], process.Env);
        Assert.Equal(("/", string.Empty), (process.Cwd, process.User));
    }

    [Fact]
    public void NoProgramAnywhere_IsSaid()
    {
        SkerryException error = Assert.Throws<SkerryException>(() => ImageProcess.Merge(null, new ImageProcessRequest()));
        Assert.StartsWith("no command specified", error.Message, StringComparison.Ordinal);
    }
}
