using System.Text;
using Skerry.Core;

namespace Skerry.Fuzz.Targets;

/// <summary>What a guest writes to its console, on its way into errors that people read in a terminal.</summary>
internal sealed class ConsoleTextTarget : IFuzzTarget
{
    public string Name => "console-text";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "[    0.280523] Kernel panic - not syncing: System is deadlocked on memory\r\n"u8.ToArray(),
        "\e[31mred\e[0m \e]0;title\a \e[6n \e[?25l\x01\x7f\xc2\x9b"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } = ["\e["u8.ToArray(), "\e]"u8.ToArray(), "\e"u8.ToArray(), ";"u8.ToArray(), "m"u8.ToArray(), [0xc2, 0x9b]];

    public void Run(byte[] input)
    {
        string shown = GuestText.Sanitize(Encoding.UTF8.GetString(input));
        int harmful = shown.AsSpan().IndexOfAnyExcept(Harmless);
        if (harmful >= 0)
        {
            throw new InvalidOperationException($"U+{(int)shown[harmful]:X4} comes through");
        }
    }

    private static System.Buffers.SearchValues<char> Harmless { get; } =
        System.Buffers.SearchValues.Create(Enumerable.Range(0, 0x10000).Select(code => (char)code).Where(c => c is '\n' or '\t' || !char.IsControl(c)).ToArray());
}
