using Skerry.Core;

namespace Skerry.Config.Tests;

public sealed class ConfigurationFilesTests : IDisposable
{
    private readonly ConfigScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void WithoutAnyFile_TheDefaultsHold()
    {
        LoadedConfiguration loaded = _scene.Load();
        Assert.Empty(loaded.Files);
        Assert.Empty(loaded.Warnings);
        Assert.Equal(256u, loaded.Config.Hypervisor.DefaultMemoryMiB);
        Assert.Null(loaded.Config.Hypervisor.MachineType);
        Assert.Equal(TimeSpan.FromSeconds(30), loaded.Config.Agent.DialTimeout);
        Assert.Equal(Path.Combine(_scene.PrefixPath, "share/skerry/initrd.img"), loaded.Config.Hypervisor.Initrd);
        Assert.Equal(ConfigOrigin.Default, loaded.OriginOf("hypervisor.default_memory"));
    }

    [Fact]
    public void TheCompressedKernel_IsTakenWhenThereIsNoOther()
    {
        string compressed = _scene.Write("prefix/share/skerry/vmlinuz", string.Empty);
        Assert.Equal(compressed, _scene.Load().Config.Hypervisor.Kernel);
        string plain = _scene.Write("prefix/share/skerry/vmlinux", string.Empty);
        Assert.Equal(plain, _scene.Load().Config.Hypervisor.Kernel);
    }

    [Fact]
    public void EachPlaceOfTheSearchOrder_WinsOverTheNext()
    {
        _scene.Write(_scene.PrefixFile, Memory(1001));
        Assert.Equal(1001u, MemoryOf(_scene.Request));
        _scene.Write(_scene.KataFile, Memory(1002));
        Assert.Equal(1002u, MemoryOf(_scene.Request));
        _scene.Write(_scene.EtcFile, Memory(1003));
        Assert.Equal(1003u, MemoryOf(_scene.Request));
        _scene.SetEnvironment("KATA_CONF_FILE", _scene.Write("kata.toml", Memory(1004)));
        Assert.Equal(1004u, MemoryOf(_scene.Request));
        _scene.SetEnvironment("SKERRY_CONFIG", _scene.Write("skerry.toml", Memory(1005)));
        Assert.Equal(1005u, MemoryOf(_scene.Request));
        Assert.Equal(1006u, MemoryOf(_scene.Request with { ConfigPath = _scene.Write("option.toml", Memory(1006)) }));
    }

    [Theory]
    [InlineData("SKERRY_CONFIG")]
    [InlineData("KATA_CONF_FILE")]
    public void AFileThatWasNamedButIsMissing_IsAnErrorThatSaysWhoNamedIt(string variable)
    {
        _scene.SetEnvironment(variable, "/nowhere/x.toml");
        SkerryException error = Assert.Throws<SkerryException>(() => _scene.Load());
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Contains("/nowhere/x.toml", error.Message, StringComparison.Ordinal);
        Assert.Contains(variable, error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void DropIns_AreMergedKeyByKeyInTheOrderOfTheirNames()
    {
        string second = _scene.Write("etc/skerry/config.d/20-b", "[hypervisor.qemu]\ndefault_memory = 512\n");
        string first = _scene.Write("etc/skerry/config.d/10-a.toml", "[hypervisor.qemu]\ndefault_memory = 384\nkernel_params = \"quiet\"\n");
        LoadedConfiguration loaded = _scene.Load("[hypervisor.qemu]\ndefault_memory = 300\nrootfs_type = \"xfs\"\n");

        Assert.Equal([_scene.EtcFile, first, second], loaded.Files);
        Assert.Equal(512u, loaded.Config.Hypervisor.DefaultMemoryMiB);
        Assert.Equal("quiet", loaded.Config.Hypervisor.KernelParams);
        Assert.Equal("xfs", loaded.Config.Hypervisor.RootfsType);
        Assert.Equal($"{second}:2", loaded.OriginOf("hypervisor.default_memory").ToString());
        Assert.Equal($"{first}:3", loaded.OriginOf("hypervisor.kernel_params").ToString());
        Assert.Equal($"{_scene.EtcFile}:3", loaded.OriginOf("hypervisor.rootfs_type").ToString());
    }

    [Fact]
    public void ALinkedFile_BringsTheDropInsOfItsTarget()
    {
        string target = _scene.Write("flavours/small.toml", string.Empty);
        _scene.Write("flavours/config.d/x.toml", Memory(128));
        Directory.CreateDirectory(Path.GetDirectoryName(_scene.EtcFile)!);
        File.CreateSymbolicLink(_scene.EtcFile, target);
        Assert.Equal(128u, _scene.Load().Config.Hypervisor.DefaultMemoryMiB);
    }

    [Fact]
    public void FaultsOfSeveralFiles_AreReportedTogether()
    {
        string dropIn = _scene.Write("etc/skerry/config.d/x.toml", "[runtime]\nenable_debug = 1\n");
        IReadOnlyList<string> faults = _scene.Faults("[hypervisor.qemu]\npath = \n");
        Assert.Equal(["FILE:2: column 8: expected a value, found the end of the line", $"{dropIn}:2: enable_debug = 1: accepted is true or false"], faults);
    }

    private static string Memory(int size) => $"[hypervisor.qemu]\ndefault_memory = {size}\n";

    private static uint MemoryOf(ConfigurationRequest request) => ConfigurationLoader.Load(request).Config.Hypervisor.DefaultMemoryMiB;
}
