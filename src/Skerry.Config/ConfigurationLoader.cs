using Skerry.Config.Keys;
using Skerry.Config.Toml;
using Skerry.Core;

namespace Skerry.Config;

/// <summary>
/// Loads a configuration: finds the file, reads it and its drop-ins, merges them key by key over the defaults, puts the command
/// line on top, and checks the whole. Every fault is found before one error reports them all.
/// </summary>
public static class ConfigurationLoader
{
    /// <summary>Loads what <paramref name="request"/> asks for.</summary>
    /// <exception cref="ConfigurationException">There are faults; the error lists all of them.</exception>
    /// <exception cref="SkerryException">NotFound when a file asked for does not exist; HostDenied when one cannot be read.</exception>
    public static LoadedConfiguration Load(ConfigurationRequest request)
    {
        string? main = ConfigurationFiles.FindMain(request);
        IReadOnlyList<string> files = main is null ? [] : [main, .. ConfigurationFiles.DropIns(main)];
        var settings = new SettingCollector();
        foreach (string file in files)
        {
            ReadFile(file, settings);
        }

        foreach (ConfigOverride value in request.Overrides)
        {
            settings.AddText(ConfigKeys.Get(value.Key), value.Text, new ConfigOrigin(value.Source));
        }

        return Apply(settings, files, request);
    }

    private static void ReadFile(string file, SettingCollector settings)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SkerryException(FailureKind.HostDenied, $"cannot read the configuration file \"{file}\"", cause: error);
        }

        TomlDocument document = TomlDocument.Parse(bytes);
        settings.AddSyntaxErrors(file, document.Errors);
        new TableReader(file, settings).Read(document.Root);
    }

    private static LoadedConfiguration Apply(SettingCollector settings, IReadOnlyList<string> files, ConfigurationRequest request)
    {
        SkerryConfig config = SkerryConfig.CreateDefault(request.Prefix);
        foreach (ConfigSetting setting in settings.InForce)
        {
            config = setting.Key.Write!(config, setting.Value!);
        }

        var draft = new ConfigurationDraft(config, settings, request.HostProcessors);
        draft.Finish();
        if (settings.Faults.Count > 0)
        {
            throw new ConfigurationException(settings.Faults);
        }

        return new LoadedConfiguration
        {
            Config = draft.Config,
            Files = files,
            Warnings = [.. settings.Warnings(files.Count > 0 ? files[0] : "command line", _ => true), .. draft.Warnings],
            Set = settings.ByName,
            HostProcessors = request.HostProcessors,
        };
    }
}
