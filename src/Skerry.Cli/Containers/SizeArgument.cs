using System.Globalization;
using Skerry.Core;

namespace Skerry.Cli.Containers;

/// <summary>Sizes as people write them: <c>256M</c>, <c>1.5g</c>, <c>64MiB</c>, or plain bytes.</summary>
internal static class SizeArgument
{
    /// <summary>The size in bytes; K, M, G and T are powers of 1024, as Docker has them.</summary>
    /// <exception cref="SkerryException">InvalidArgument when the text is no size.</exception>
    public static long ParseBytes(string text)
    {
        string trimmed = text.Trim();
        int digits = trimmed.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        double? factor = trimmed[digits..].ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "K" or "KB" or "KIB" => 1L << 10,
            "M" or "MB" or "MIB" => 1L << 20,
            "G" or "GB" or "GIB" => 1L << 30,
            "T" or "TB" or "TIB" => 1L << 40,
            _ => null,
        };
        bool number = double.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value);
        return number && factor is { } unit && value * unit is >= 1 and < 9e18
            ? (long)(value * unit)
            : throw new SkerryException(FailureKind.InvalidArgument, $"\"{text}\" is not a size", "write a number and a unit, as in 256M or 2G");
    }
}
