using Skerry.Config.Keys;
using Skerry.Config.Toml;

namespace Skerry.Config.Annotations;

/// <summary>Applies a pod's <c>io.katacontainers.config.*</c> annotations to a configuration.</summary>
/// <remarks>
/// Hypervisor annotations need the leave of <c>enable_annotations</c>, and paths that of their <c>valid_*</c> list. A pod is not
/// trusted: an annotation that is unknown or not allowed, or that asks for a protection that cannot be given, fails the sandbox, as in
/// Kata's Go runtime; runtime-rs would start it without.
/// </remarks>
public static class AnnotationOverrides
{
    /// <summary>What all annotations of ours begin with.</summary>
    public const string Prefix = "io.katacontainers.config.";

    /// <summary>A slip of Kata's Go runtime: this one has no table in its name.</summary>
    private const string PinningAnnotation = "io.katacontainers.enable_vcpus_pinning";

    private static readonly Dictionary<string, ConfigKey> ByAnnotation = ConfigKeys.All
        .Where(key => key.Annotation is not null)
        .ToDictionary(key => $"{Prefix}{key.Table}.{key.Annotation}", StringComparer.Ordinal);

    private static readonly string[] AssetHashes =
        ["kernel_hash", "image_hash", "initrd_hash", "firmware_hash", "firmware_volume_hash", "hypervisor_hash", "path_hash", "jailer_hash"];

    /// <summary>Returns <paramref name="loaded"/> with the annotations on top; other annotations are left alone.</summary>
    /// <param name="loaded">The configuration of files and flags.</param>
    /// <param name="annotations">The annotations of the sandbox's OCI spec.</param>
    /// <exception cref="ConfigurationException">An annotation is not enabled, has a bad value, or cannot be obeyed; the error lists all such.</exception>
    public static LoadedConfiguration Apply(LoadedConfiguration loaded, IReadOnlyDictionary<string, string> annotations)
    {
        List<string> ours = [.. annotations.Keys.Where(IsOurs).Order(StringComparer.Ordinal)];
        if (ours.Count == 0)
        {
            return loaded;
        }

        var settings = new SettingCollector(loaded.Set.Values);
        foreach (string name in ours)
        {
            Add(settings, loaded.Config.Hypervisor, name, annotations[name]);
        }

        return Finish(loaded, settings);
    }

    private static bool IsOurs(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) || name == PinningAnnotation;

    private static void Add(SettingCollector settings, HypervisorConfig hypervisor, string name, string text)
    {
        var origin = new ConfigOrigin($"annotation {name}");
        string lookup = name == PinningAnnotation ? Prefix + "runtime.enable_vcpus_pinning" : name;
        if (!ByAnnotation.TryGetValue(lookup, out ConfigKey? key))
        {
            AddUnknown(settings, origin, name);
        }
        else if (key.Table == "hypervisor" && !AnnotationGate.IsEnabled(hypervisor.EnableAnnotations, key.Annotation!))
        {
            settings.AddFault(origin, $"\"{key.Annotation}\" is not enabled; the host's administrator can add it to enable_annotations in [hypervisor.{hypervisor.Kind}]");
        }
        else if (ListOfValidPaths(key.Name) is { } list && !PathGlob.Allows(hypervisor.PathsOf(list), text))
        {
            settings.AddFault(origin, $"{key.Name} = \"{text}\" is no existing file that {list} allows: {TomlWriter.Format(hypervisor.PathsOf(list).ToToml())}");
        }
        else
        {
            settings.AddText(key, key.Name == "kernel_params" ? KernelParameters.Merge(hypervisor.KernelParams, text) : text, origin);
        }
    }

    private static void AddUnknown(SettingCollector settings, ConfigOrigin origin, string name)
    {
        if (AssetHashes.Any(hash => name == $"{Prefix}hypervisor.{hash}"))
        {
            settings.AddFault(origin, "asks for a check that is not made yet: guest assets are not compared with a hash");
        }
        else
        {
            settings.AddFault(origin, $"there is no such annotation{NearestName.Question(name, ByAnnotation.Keys)}");
        }
    }

    private static string? ListOfValidPaths(string key) => key switch
    {
        "path" => "valid_hypervisor_paths",
        "virtio_fs_daemon" => "valid_virtio_fs_daemon_paths",
        "entropy_source" => "valid_entropy_sources",
        _ => null,
    };

    private static IReadOnlyList<string> PathsOf(this HypervisorConfig hypervisor, string list) => list switch
    {
        "valid_hypervisor_paths" => hypervisor.ValidHypervisorPaths,
        "valid_virtio_fs_daemon_paths" => hypervisor.ValidVirtioFsDaemonPaths,
        _ => hypervisor.ValidEntropySources,
    };

    private static LoadedConfiguration Finish(LoadedConfiguration loaded, SettingCollector settings)
    {
        SkerryConfig config = loaded.Config;
        foreach (ConfigSetting setting in settings.InForce.Where(IsNew))
        {
            config = setting.Key.Write!(config, setting.Value!);
        }

        var draft = new ConfigurationDraft(config, settings, loaded.HostProcessors);
        draft.Finish();
        if (settings.Faults.Count > 0)
        {
            throw new ConfigurationException(settings.Faults);
        }

        return loaded with
        {
            Config = draft.Config,
            Set = settings.ByName,
            Warnings = [.. loaded.Warnings, .. settings.Warnings("annotations", IsNew), .. draft.Warnings],
        };

        bool IsNew(ConfigSetting setting) => !loaded.Set.TryGetValue(setting.Key.FullName, out ConfigSetting? earlier) || !ReferenceEquals(earlier, setting);
    }
}
