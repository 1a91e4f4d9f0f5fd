using System.Globalization;

namespace Skerry.Agent.Storages;

/// <summary>A device's place on the PCI bus as the host names it: slots from the root bus down, as in <c>02/01</c> or <c>03.1/00</c>.</summary>
internal readonly record struct PciPath(IReadOnlyList<(byte Slot, byte Function)> Steps)
{
    private const int MaxSteps = 8;

    /// <summary>Reads a path; false when it is not one.</summary>
    public static bool TryParse(string text, out PciPath path)
    {
        path = default;
        string[] parts = text.Split('/');
        var steps = new List<(byte, byte)>();
        foreach (string part in parts)
        {
            string[] numbers = part.Split('.');
            byte function = 0;
            bool valid = numbers.Length is 1 or 2
                && numbers[0].Length == 2
                && byte.TryParse(numbers[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)
                && (numbers.Length == 1 || (numbers[1].Length == 1 && byte.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out function) && function < 8));
            if (!valid)
            {
                return false;
            }

            steps.Add((byte.Parse(numbers[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), function));
        }

        path = new PciPath(steps);
        return steps.Count <= MaxSteps && steps.All(s => s.Item1 < 32);
    }

    /// <summary>The device's directory under <paramref name="rootBus"/> (as in /sys/devices/pci0000:00); null while it is not there.</summary>
    public string? FindDirectory(string rootBus)
    {
        string at = rootBus;
        foreach ((byte slot, byte function) in Steps)
        {
            string suffix = string.Create(CultureInfo.InvariantCulture, $":{slot:x2}.{function}");
            string? next = Directory.Exists(at)
                ? Directory.EnumerateDirectories(at).FirstOrDefault(d => Path.GetFileName(d).EndsWith(suffix, StringComparison.Ordinal))
                : null;
            if (next is null)
            {
                return null;
            }

            at = next;
        }

        return at;
    }
}
