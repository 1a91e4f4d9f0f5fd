using System.Globalization;

namespace Skerry.Linux.Pci;

/// <summary>Where a PCI function is: domain, bus, device, function, as in "0000:3b:02.1".</summary>
/// <remarks>Sysfs names functions so (Documentation/PCI/sysfs-pci.rst). Domains above ffff exist: those behind Intel's VMD begin at 10000.</remarks>
/// <param name="Domain">The domain.</param>
/// <param name="Bus">The bus.</param>
/// <param name="Device">The device, at most 31.</param>
/// <param name="Function">The function, at most 7.</param>
public readonly record struct PciAddress(uint Domain, byte Bus, byte Device, byte Function)
{
    private const int LastDevice = 0x1f;
    private const int LastFunction = 7;

    /// <summary>Reads the form above, and nothing else.</summary>
    public static bool TryParse(string? text, out PciAddress address)
    {
        address = default;
        if (text?.Split(':', '.') is not [{ Length: >= 4 and <= 8 } domainText, { Length: 2 } busText, { Length: 2 } deviceText, { Length: 1 } functionText]
            || !TryHex(domainText, out uint domain) || !TryHex(busText, out uint bus) || !TryHex(deviceText, out uint device) || !TryHex(functionText, out uint function)
            || device > LastDevice || function > LastFunction)
        {
            return false;
        }

        address = new PciAddress(domain, (byte)bus, (byte)device, (byte)function);
        return address.ToString() == text;
    }

    /// <summary>As sysfs and QEMU write it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Domain:x4}:{Bus:x2}:{Device:x2}.{Function}");

    private static bool TryHex(string text, out uint value) => uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
