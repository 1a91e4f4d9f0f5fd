using Skerry.Config.Keys;
using Skerry.Config.Toml;

namespace Skerry.Config;

/// <summary>Walks the tables of one file and collects its settings; a table or key that does not exist is a fault.</summary>
internal sealed class TableReader(string file, SettingCollector settings)
{
    private const string OurHypervisor = "qemu";
    private const string OurAgent = "kata";

    private static readonly string[] TopLevel = ["hypervisor", "agent", "runtime", "factory"];

    private static readonly string[] OtherHypervisors =
        ["clh", "cloud-hypervisor", "firecracker", "stratovirt", "dragonball", "remote", "openvmm"];

    internal void Read(TomlTable root)
    {
        foreach (TomlEntry entry in root.Entries)
        {
            switch (entry.Key)
            {
                case "hypervisor" when entry.Value is TomlTable hypervisors:
                    ReadHypervisors(hypervisors, ChosenHypervisor(root));
                    break;
                case "agent" when entry.Value is TomlTable agents:
                    ReadNamed(agents, "agent", OurAgent, []);
                    break;
                case "runtime" or "factory" when entry.Value is TomlTable table:
                    ReadKeys(table, entry.Key, entry.Key);
                    break;
                default:
                    RefuseTopLevel(entry);
                    break;
            }
        }
    }

    /// <summary>runtime-rs's choice, which is checked as a key of its own; without it the table that is present decides, as in Go.</summary>
    private static string? ChosenHypervisor(TomlTable root) =>
        root.Find("runtime")?.Value is TomlTable runtime && runtime.Find("hypervisor_name")?.Value is TomlString name ? name.Value : null;

    private void ReadHypervisors(TomlTable hypervisors, string? chosen)
    {
        if (hypervisors.Find(OurHypervisor) is null && chosen is null && hypervisors.Entries.FirstOrDefault(entry => OtherHypervisors.Contains(entry.Key)) is { } other)
        {
            settings.AddFault(At(other), $"[hypervisor.{other.Key}] is the only hypervisor here, and this version drives \"{OurHypervisor}\" only");
            return;
        }

        ReadNamed(hypervisors, "hypervisor", OurHypervisor, OtherHypervisors);
    }

    private void ReadNamed(TomlTable tables, string table, string ours, string[] others)
    {
        foreach (TomlEntry entry in tables.Entries)
        {
            if (entry.Key == ours && entry.Value is TomlTable keys)
            {
                ReadKeys(keys, table, $"{table}.{ours}");
            }
            else if (others.Contains(entry.Key))
            {
                settings.AddWarning($"{At(entry)}: [{table}.{entry.Key}] is not used: the hypervisor is \"{ours}\"");
            }
            else
            {
                string question = NearestName.Question(entry.Key, [ours, .. others]);
                settings.AddFault(At(entry), $"unknown {(entry.Value is TomlTable ? "table" : "key")} \"{entry.Key}\" in [{table}]{question}");
            }
        }
    }

    private void ReadKeys(TomlTable table, string name, string header)
    {
        foreach (TomlEntry entry in table.Entries)
        {
            if (ConfigKeys.Find(name, entry.Key) is { } key)
            {
                settings.Add(key, entry.Key, entry.Value, At(entry));
            }
            else if (entry.Value is TomlTable inner && SubTable(name, entry.Key) is { } subTable)
            {
                ReadKeys(inner, subTable, $"{header}.{entry.Key}");
            }
            else
            {
                settings.AddFault(At(entry), $"unknown key \"{entry.Key}\" in [{header}]{NearestName.Question(entry.Key, ConfigKeys.NamesIn(name))}{Elsewhere(name, entry.Key)}");
            }
        }
    }

    /// <summary>runtime-rs keeps the factory in the hypervisor's table.</summary>
    private static string? SubTable(string table, string name) => (table, name) switch
    {
        ("hypervisor", "factory") => "factory",
        ("agent", "mem_agent") => "agent.mem_agent",
        _ => null,
    };

    private static string Elsewhere(string table, string name) =>
        ConfigKeys.All.FirstOrDefault(key => key.Name == name && key.Table != table) is { } key ? $"; it belongs in [{TableHeader(key.Table)}]" : string.Empty;

    private static string TableHeader(string table) => table switch
    {
        "hypervisor" => $"hypervisor.{OurHypervisor}",
        "agent" => $"agent.{OurAgent}",
        "agent.mem_agent" => $"agent.{OurAgent}.mem_agent",
        _ => table,
    };

    private void RefuseTopLevel(TomlEntry entry)
    {
        string what = entry.Value is TomlTable ? "table" : "key";
        settings.AddFault(At(entry), TopLevel.Contains(entry.Key)
            ? $"{entry.Key} = {entry.Value}: it must be a table"
            : $"unknown {what} \"{entry.Key}\"{NearestName.Question(entry.Key, TopLevel)}{Elsewhere(string.Empty, entry.Key)}");
    }

    private ConfigOrigin At(TomlEntry entry) => new(file, entry.KeyPosition.Line);
}
