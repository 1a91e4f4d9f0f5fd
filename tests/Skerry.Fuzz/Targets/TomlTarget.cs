using Skerry.Config.Toml;

namespace Skerry.Fuzz.Targets;

/// <summary>A configuration file: it is read without an exception, and what is valid reads back from what we write.</summary>
internal sealed class TomlTarget : IFuzzTarget
{
    public string Name => "toml";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "[hypervisor.qemu]\ndefault_memory = 256 # MiB\npath = \"/usr/bin/qemu\"\nenable_annotations = [\"a\", 'b']\n"u8.ToArray(),
        "a.b.c = { d = [1, 2.5e3, true], e = 1979-05-27T07:32:00.5-07:00 }\n[[t]]\nx = 0xff\n[[t]]\n[t.u]\ny = -inf\n"u8.ToArray(),
        "s = \"\"\"\nline \\\n  folded \\u00e9\"\"\"\"\nl = '''\nraw\\'''\n\"quoted key\" = 07:32:00\n"u8.ToArray(),
        "broken = [1,\n  2 3,\n[ok]\nx = \"\\uD800\"\r\ny = 01\n"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        "[["u8.ToArray(), "]]"u8.ToArray(), "\"\"\""u8.ToArray(), "'''"u8.ToArray(), "\\U0010FFFF"u8.ToArray(), " = "u8.ToArray(), "{"u8.ToArray(),
        "}"u8.ToArray(), "\r\n"u8.ToArray(), "nan"u8.ToArray(), "0b1_0"u8.ToArray(), "[[[[[[[[[[[[[[[["u8.ToArray(), "1979-05-27"u8.ToArray(), "\ufeff"u8.ToArray(),
    ];

    public void Run(byte[] input)
    {
        TomlDocument document = TomlDocument.Parse(input);
        if (document.Errors.Count > 0)
        {
            return;
        }

        string written = document.Root.ToString();
        TomlDocument again = TomlDocument.Parse("t = " + written);

        // Headers and inline tables are limited each for themselves, so what was written in line may be nested too deep.
        bool tooDeep = again.Errors.Any(error => error.Message.Contains("at most", StringComparison.Ordinal));
        if (!tooDeep && again.Root.Find("t")?.Value.ToString() != written)
        {
            throw new InvalidOperationException($"does not read back: {written}");
        }
    }
}
