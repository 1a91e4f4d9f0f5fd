using System.Text.RegularExpressions;
using Skerry.Config.Keys;
using Skerry.Config.Reference;

namespace Skerry.Config.Tests;

/// <summary>Compares generated files with those in the tree; SKERRY_UPDATE_DOCS=1 writes them instead.</summary>
public sealed class ConfigReferenceTests : IDisposable
{
    private readonly ConfigScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void TheReferencePage_IsTheTableOfKeys() => AssertSameAsFile("docs/reference/config.md", ConfigReference.ToMarkdown());

    [Fact]
    public void TheSampleFile_IsTheTableOfKeys() => AssertSameAsFile("packaging/configuration.toml", ConfigReference.ToSampleFile());

    [Fact]
    public void TheSampleFile_ChangesNothing()
    {
        SkerryConfig plain = _scene.Load().Config;
        Assert.Equivalent(plain, _scene.Load(ConfigReference.ToSampleFile()).Config, strict: true);
    }

    [Fact]
    public void TheSampleFile_WithEveryKeyInForce_IsValidAndStatesTheDefaults()
    {
        string text = Regex.Replace(ConfigReference.ToSampleFile(), "^# (?=[a-z_]+ = )", string.Empty, RegexOptions.Multiline);
        LoadedConfiguration loaded = _scene.Load(text);
        Assert.Empty(loaded.Warnings);
        Assert.Equal(256u, loaded.Config.Hypervisor.DefaultMemoryMiB);
        Assert.True(loaded.IsSet("hypervisor.default_memory"));
    }

    [Fact]
    public void EveryObeyedKey_TakesItsOwnDefault()
    {
        SkerryConfig defaults = SkerryConfig.CreateDefault(new InstallPrefix("/opt/skerry"));
        foreach (ConfigKey key in ConfigKeys.All.Where(key => key.Status == KeyStatus.Obeyed))
        {
            if (key.Read!(defaults) is { } value)
            {
                Assert.True(key.Accepts(value), $"{key.FullName} does not accept its default {value}");
                Assert.Equal(value.ToString(), key.Read(key.Write!(defaults, value))!.ToString());
            }
        }
    }

    [Fact]
    public void EveryKey_HasAMeaningAndOneSpellingOnly()
    {
        Assert.All(ConfigKeys.All, key => Assert.EndsWith(".", key.Meaning.TrimEnd(')'), StringComparison.Ordinal));
        Assert.All(ConfigKeys.All.Where(key => key.Status != KeyStatus.Obeyed), key => Assert.NotEmpty(key.Reason));
        string[] spellings = [.. ConfigKeys.All.SelectMany(key => key.Aliases.Append(key.FullName))];
        Assert.Equal(spellings.Length, spellings.Distinct().Count());
    }

    [Fact]
    public void TheEffectiveConfiguration_ReadsBackAsItself()
    {
        LoadedConfiguration loaded = _scene.Load(KataFiles.Go);
        string text = EffectiveConfiguration.ToToml(loaded);
        Assert.Contains($"default_memory = 2048  # {_scene.EtcFile}:19\n", text, StringComparison.Ordinal);
        Assert.Contains("accelerator = \"auto\"  # default\n", text, StringComparison.Ordinal);
        Assert.Contains("block_device_aio = \"io_uring\"  # ", text, StringComparison.Ordinal);
        Assert.Equivalent(loaded.Config, _scene.Load(text).Config, strict: true);
    }

    private static void AssertSameAsFile(string path, string text)
    {
        string file = Path.Combine(RepositoryRoot(), path);
        if (Environment.GetEnvironmentVariable("SKERRY_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file), $"{path} is missing; run the tests with SKERRY_UPDATE_DOCS=1 to write it");
        Assert.True(File.ReadAllText(file) == text, $"{path} is out of date; run the tests with SKERRY_UPDATE_DOCS=1 to write it");
    }

    private static string RepositoryRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Skerry.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("no Skerry.slnx above the test");
    }
}
