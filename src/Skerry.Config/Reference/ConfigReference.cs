using System.Text;
using Skerry.Config.Keys;
using Skerry.Config.Toml;

namespace Skerry.Config.Reference;

/// <summary>Writes the table of keys for people: docs/reference/config.md and the commented packaging/configuration.toml.</summary>
public static class ConfigReference
{
    private const string PrefixInWords = "/PREFIX";

    private static readonly (string Table, string Header, string About)[] Tables =
    [
        ("hypervisor", "hypervisor.qemu", "The VMM, the guest's assets, its processors, memory and share."),
        ("agent", "agent.kata", "How the guest's agent runs and how long we wait for it."),
        ("agent.mem_agent", "agent.kata.mem_agent", "The guest's memory agent."),
        ("runtime", "runtime", "What the shim does on the host."),
        ("factory", "factory", "Machines made in advance; runtime-rs writes the table as `[hypervisor.qemu.factory]`."),
    ];

    /// <summary>The defaults, without what depends on the files of the machine that writes the page.</summary>
    private static readonly SkerryConfig Defaults = SkerryConfig.CreateDefault(new InstallPrefix(PrefixInWords)) is var defaults
        ? defaults with { Hypervisor = defaults.Hypervisor with { VirtioFsDaemon = "/usr/libexec/virtiofsd", ValidVirtioFsDaemonPaths = ["/usr/libexec/virtiofsd"] } }
        : throw new InvalidOperationException();

    /// <summary>The reference page: every key with its type, range, default, meaning and status.</summary>
    public static string ToMarkdown()
    {
        var page = new StringBuilder(Introduction);
        foreach ((string table, string header, string about) in Tables)
        {
            page.Append($"\n## `[{header}]`\n\n{about}\n");
            AppendObeyed(page, [.. KeysOf(table, KeyStatus.Obeyed)]);
            AppendOthers(page, "Accepted, without effect yet", "why", [.. KeysOf(table, KeyStatus.NotYet)]);
            AppendOthers(page, "Refused unless off: false, 0 or empty", "why", [.. KeysOf(table, KeyStatus.Refused)]);
        }

        return page.Append(AnnotationChapter()).ToString();
    }

    /// <summary>A configuration file of all obeyed keys, each commented out at its default.</summary>
    public static string ToSampleFile()
    {
        var file = new StringBuilder(SampleIntroduction);
        foreach ((string table, string header, string about) in Tables.Where(table => KeysOf(table.Table, KeyStatus.Obeyed).Any()))
        {
            file.Append($"\n# {about}\n[{header}]\n");
            foreach (ConfigKey key in KeysOf(table, KeyStatus.Obeyed).Where(key => DefaultOf(key) is not null))
            {
                string accepted = key.Range.Text.Length == 0 ? string.Empty : $" Accepted: {key.Range.Text}.";
                string inWords = key.DefaultInWords is null ? string.Empty : $" Default: {key.DefaultInWords}.";
                file.Append($"\n# {key.Meaning.Replace("`", string.Empty, StringComparison.Ordinal)}{accepted}{inWords}\n# {key.Name} = {DefaultOf(key)}\n");
            }
        }

        return file.ToString();
    }

    private static IEnumerable<ConfigKey> KeysOf(string table, KeyStatus status) =>
        ConfigKeys.All.Where(key => key.Table == table && key.Status == status);

    private static void AppendObeyed(StringBuilder page, IReadOnlyList<ConfigKey> keys)
    {
        if (keys.Count == 0)
        {
            return;
        }

        page.Append("\n| key | type and range | default | meaning |\n| --- | --- | --- | --- |\n");
        foreach (ConfigKey key in keys)
        {
            string idle = key.Reason.Length == 0 ? string.Empty : $" Only the default has an effect: {key.Reason}.";
            page.Append($"| {Name(key)} | {key.Accepted} | {DefaultCell(key)} | {key.Meaning}{idle}{(key.IsOurOwn ? " *Skerry's own.*" : string.Empty)} |\n");
        }
    }

    private static void AppendOthers(StringBuilder page, string title, string lastColumn, IReadOnlyList<ConfigKey> keys)
    {
        if (keys.Count == 0)
        {
            return;
        }

        page.Append($"\n### {title}\n\n| key | type | meaning | {lastColumn} |\n| --- | --- | --- | --- |\n");
        foreach (ConfigKey key in keys)
        {
            page.Append($"| {Name(key)} | {key.Accepted} | {key.Meaning} | {key.Reason} |\n");
        }
    }

    private static string Name(ConfigKey key) =>
        $"`{key.Name}`{string.Concat(key.Aliases.Select(alias => $", also `{(alias.StartsWith(key.Table + ".", StringComparison.Ordinal) ? alias[(key.Table.Length + 1)..] : alias)}`"))}";

    private static TomlValue? DefaultOf(ConfigKey key) =>
        key.Read?.Invoke(Defaults) ?? (key.Type == KeyType.Text && key.Read is not null ? new TomlString(string.Empty) : null);

    private static string DefaultCell(ConfigKey key) => key.DefaultInWords ?? (DefaultOf(key) is { } value ? $"`{value}`" : string.Empty);

    private static string AnnotationChapter()
    {
        var chapter = new StringBuilder(AnnotationIntroduction);
        foreach (ConfigKey key in ConfigKeys.All.Where(key => key.Annotation is not null && key.Status == KeyStatus.Obeyed))
        {
            chapter.Append($"| `io.katacontainers.config.{key.Table}.{key.Annotation}` | `{key.Name}` | {(key.Table == "hypervisor" ? "yes" : "no")} |\n");
        }

        return chapter.ToString();
    }

    private const string Introduction = """
        # Configuration

        This page is generated from the table of keys in `src/Skerry.Config/Keys`, and a test compares them.

        Skerry reads Kata's `configuration.toml`, in the dialect of its Go runtime and in that of runtime-rs. The first file that
        exists is taken: the one named by `--config` or the task's `ConfigPath` option, by `SKERRY_CONFIG`, by `KATA_CONF_FILE`;
        then `/etc/skerry/configuration.toml`, `/etc/kata-containers/configuration.toml`,
        `PREFIX/share/skerry/configuration.toml`; without any, the defaults below hold. A file that is named must exist.
        Every file of the directory `config.d/` beside it is merged over it, key by key, in the order of their names. Flags of the
        command line come next, then the pod's annotations.

        Files are TOML 1.0 of at most 1 MiB. Every fault is reported at once, with file and line: a syntax error, a key that does
        not exist (with the one that was probably meant), a value out of range. Keys that have no effect yet are named in one
        warning that says why. `skerry config lint FILE` checks a file, and `skerry env` shows every value and where it comes from.

        """;

    private const string SampleIntroduction = """
        # Skerry's configuration, in Kata's dialect. Every key stands here at its default: remove a "#" to change one.
        # Files of the directory config.d/ beside this file are merged over it. docs/reference/config.md explains all keys,
        # "skerry env" shows the values in force and where they come from, "skerry config lint" checks a file.
        # This file is generated from the table of keys; /PREFIX stands for the directory Skerry is installed under.

        """;

    private const string AnnotationIntroduction = """

        ## Annotations

        A pod may set these. Hypervisor annotations need the leave of `enable_annotations`, whose expressions must match the
        whole name; `path`, `virtio_fs_daemon` and `entropy_source` must be existing files that the `valid_*` list allows.
        An annotation that is not allowed, or has a bad value, fails the sandbox and is named with the reason; parameters in
        `kernel_params` replace those of the same name. Annotations of keys without effect are named in a warning.

        | annotation | key | needs leave |
        | --- | --- | --- |

        """;
}
