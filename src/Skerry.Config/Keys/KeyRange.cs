using System.Globalization;
using System.Text.RegularExpressions;
using Skerry.Config.Toml;

namespace Skerry.Config.Keys;

/// <summary>Which values of its type a key accepts, as a test and in words.</summary>
public sealed class KeyRange
{
    private readonly Func<TomlValue, bool> _accepts;

    private KeyRange(string text, Func<TomlValue, bool> accepts)
    {
        Text = text;
        _accepts = accepts;
    }

    /// <summary>Every value of the type.</summary>
    public static KeyRange Any { get; } = new(string.Empty, _ => true);

    /// <summary>An absolute path.</summary>
    public static KeyRange AbsolutePath { get; } = new("an absolute path", value => IsAbsolute(TextOf(value)));

    /// <summary>An absolute path, or the empty string for none.</summary>
    public static KeyRange OptionalPath { get; } = new("an absolute path, or \"\" for none", value => TextOf(value).Length == 0 || IsAbsolute(TextOf(value)));

    /// <summary>A list of globs of absolute paths.</summary>
    public static KeyRange Globs { get; } = new("globs of absolute paths", value => TextsOf(value).All(glob => glob.Length == 0 || IsAbsolute(glob)));

    /// <summary>A list of regular expressions.</summary>
    public static KeyRange RegularExpressions { get; } = new("regular expressions, matched against the whole name", value => TextsOf(value).All(IsRegularExpression));

    /// <summary>The parameters of a dm-verity root, or the empty string for none.</summary>
    public static KeyRange VerityParameters { get; } = new(
        "\"root_hash=…,salt=…,data_blocks=…,data_block_size=…,hash_block_size=…\", or \"\" for none",
        value => TextOf(value).Length == 0 || Core.VerityParameters.TryParse(TextOf(value), out _, out _));

    /// <summary>The range in words; empty when every value of the type is accepted.</summary>
    public string Text { get; }

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static KeyRange Between(long least, long most) => new(
        string.Create(CultureInfo.InvariantCulture, $"{least} to {most}"),
        value => value is TomlInteger number && number.Value >= least && number.Value <= most);

    /// <summary>A power of two from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static KeyRange PowerOfTwo(long least, long most) => new(
        string.Create(CultureInfo.InvariantCulture, $"a power of two from {least} to {most}"),
        value => value is TomlInteger number && number.Value >= least && number.Value <= most && long.IsPow2(number.Value));

    /// <summary>0, or a power of two from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static KeyRange PowerOfTwoOrZero(long least, long most) => new(
        string.Create(CultureInfo.InvariantCulture, $"0, or a power of two from {least} to {most}"),
        value => value is TomlInteger number && (number.Value == 0 || (number.Value >= least && number.Value <= most && long.IsPow2(number.Value))));

    /// <summary>A finite number up to <paramref name="most"/>.</summary>
    public static KeyRange FiniteUpTo(double most) => new(
        string.Create(CultureInfo.InvariantCulture, $"a finite number up to {most}"),
        value => value is TomlInteger whole ? whole.Value <= most : value is TomlFloat number && double.IsFinite(number.Value) && number.Value <= most);

    /// <summary>One of the words.</summary>
    public static KeyRange OneOf(params string[] words) => new(
        string.Join(", ", words.Select(word => $"\"{word}\"")),
        value => words.Contains(TextOf(value), StringComparer.Ordinal));

    /// <summary>True when <paramref name="value"/>, which has the key's type, lies in the range.</summary>
    public bool Accepts(TomlValue value) => _accepts(value);

    private static string TextOf(TomlValue value) => value is TomlString text ? text.Value : string.Empty;

    private static IEnumerable<string> TextsOf(TomlValue value) => value is TomlArray list ? list.Items.Select(TextOf) : [];

    private static bool IsAbsolute(string path) => path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal);

    private static bool IsRegularExpression(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
