using System.Text;
using System.Text.Json;
using Skerry.Config.Keys;
using Skerry.Config.Toml;

namespace Skerry.Config.Reference;

/// <summary>Writes the values in force with their origins, as <c>skerry env</c> shows them.</summary>
public static class EffectiveConfiguration
{
    /// <summary>As TOML that can be read back; the origin of each value is its comment.</summary>
    public static string ToToml(LoadedConfiguration loaded)
    {
        var text = new StringBuilder();
        foreach (IGrouping<string, ConfigSetting> table in Tables(loaded))
        {
            text.Append(text.Length > 0 ? "\n" : string.Empty).Append($"[{table.Key}]\n");
            foreach (ConfigSetting setting in table)
            {
                string noEffect = setting.Key.Status == KeyStatus.Obeyed ? string.Empty : $"; no effect: {setting.Key.Reason}";
                text.Append(setting.Value is null
                    ? $"# {setting.Key.Name} is unset  # {setting.Origin}\n"
                    : $"{setting.Key.Name} = {setting.Value}  # {setting.Origin}{noEffect}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Writes an object of tables; each key is an object of <c>value</c>, <c>origin</c> and <c>effective</c>.</summary>
    public static void WriteJson(LoadedConfiguration loaded, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (IGrouping<string, ConfigSetting> table in Tables(loaded))
        {
            json.WriteStartObject(table.Key);
            foreach (ConfigSetting setting in table)
            {
                json.WriteStartObject(setting.Key.Name);
                json.WritePropertyName("value");
                WriteValue(json, setting.Value);
                json.WriteString("origin", setting.Origin.ToString());
                json.WriteBoolean("effective", setting.Key.Status == KeyStatus.Obeyed);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static IEnumerable<IGrouping<string, ConfigSetting>> Tables(LoadedConfiguration loaded) => loaded.Settings
        .Where(setting => setting.Value is not null || setting.Key.DefaultInWords is null)
        .GroupBy(setting => setting.Key.Table switch
        {
            "hypervisor" => $"hypervisor.{loaded.Config.Hypervisor.Kind}",
            "agent" => "agent.kata",
            "agent.mem_agent" => "agent.kata.mem_agent",
            string table => table,
        });

    private static void WriteValue(Utf8JsonWriter json, TomlValue? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case TomlBoolean flag:
                json.WriteBooleanValue(flag.Value);
                break;
            case TomlInteger number:
                json.WriteNumberValue(number.Value);
                break;
            case TomlFloat number when double.IsFinite(number.Value):
                json.WriteNumberValue(number.Value);
                break;
            case TomlArray list:
                json.WriteStartArray();
                foreach (TomlValue item in list.Items)
                {
                    WriteValue(json, item);
                }

                json.WriteEndArray();
                break;
            case TomlTable table:
                json.WriteStartObject();
                foreach (TomlEntry entry in table.Entries)
                {
                    json.WritePropertyName(entry.Key);
                    WriteValue(json, entry.Value);
                }

                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(value is TomlString text ? text.Value : value.ToString());
                break;
        }
    }
}
