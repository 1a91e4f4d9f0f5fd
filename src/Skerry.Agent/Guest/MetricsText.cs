using System.Globalization;
using System.Text;

namespace Skerry.Agent.Guest;

/// <summary>Builds a page of metrics in Prometheus' text format, version 0.0.4.</summary>
internal sealed class MetricsText
{
    private readonly StringBuilder _text = new(4096);
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);

    /// <summary>Adds a value that goes up and down.</summary>
    public MetricsText Gauge(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Add(name, help, "gauge", value, labels);

    /// <summary>Adds a value that only goes up.</summary>
    public MetricsText Counter(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Add(name, help, "counter", value, labels);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private MetricsText Add(string name, string help, string type, double value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (_declared.Add(name))
        {
            _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
            _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        }

        _text.Append(name);
        for (int i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        }

        _text.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
