using Skerry.Hypervisor.Qmp;

namespace Skerry.Fuzz.Targets;

/// <summary>What a VMM, perhaps taken over by its guest, writes to its monitor: lines, then messages.</summary>
internal sealed class QmpTarget : IFuzzTarget
{
    public string Name => "qmp";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian"}, "capabilities": ["oob"]}}"""u8.ToArray(),
        "{\"return\": {}, \"id\": 1}\r\n{\"return\": {\"running\": true, \"status\": \"running\"}, \"id\": 2}\r\n"u8.ToArray(),
        """{"id": 3, "error": {"class": "GenericError", "desc": "é \u00e9 \\ \" no"}}"""u8.ToArray(),
        "{\"timestamp\": {\"seconds\": 1}, \"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": \"guest-reset\"}}\n"u8.ToArray(),
        "{\"event\": \"\\ud800\"}\n"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        "\r\n"u8.ToArray(), "\"return\""u8.ToArray(), "\"event\""u8.ToArray(), "\"error\""u8.ToArray(), "\"id\""u8.ToArray(), "\"data\""u8.ToArray(),
        "[[[[[[[["u8.ToArray(), "\\ud800"u8.ToArray(), "18446744073709551616"u8.ToArray(), "\"reason\""u8.ToArray(),
    ];

    public void Run(byte[] input)
    {
        using var stream = new DuplexBytes(input);
        var lines = new QmpLineReader(stream);
        while (Next(lines) is { } line)
        {
            QmpMessage message = QmpCodec.Parse(line);
            if (message.Text.Length > 1024 || message.Name.Length > 1024)
            {
                throw new InvalidOperationException($"a text of {Math.Max(message.Text.Length, message.Name.Length)} characters");
            }

            _ = new QmpEvent(message.Name, message.Value).Text("reason");
        }
    }

    public bool IsExpected(Exception error) => error is InvalidDataException;

    /// <summary>The stream is in memory: its reads complete at once.</summary>
    private static ReadOnlyMemory<byte>? Next(QmpLineReader lines) => lines.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
