using System.Runtime.CompilerServices;

namespace Skerry.Linux;

/// <summary>What a system call acted on, as an interpolated string that is put together only after the call has failed.</summary>
/// <remarks>Naming flags alone costs the start of a guest several milliseconds: the runtime looks their names up by reflection.</remarks>
[InterpolatedStringHandler]
internal ref struct SubjectText
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Begins; <paramref name="failed"/> is false, and nothing is evaluated, when <paramref name="result"/> says success.</summary>
    public SubjectText(int literalLength, int formattedCount, nint result, out bool failed)
    {
        failed = result < 0;
        Error = failed ? Syscall.LastError : Errno.None;
        _text = failed ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    /// <summary>The call's error, read before the values of the text can make calls of their own.</summary>
    internal Errno Error { get; }

    /// <summary>Adds a part that stands in the string as it is.</summary>
    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    /// <summary>Adds a value.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>Adds a value in a format.</summary>
    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    /// <summary>The whole text, once.</summary>
    internal string Take() => _text.ToStringAndClear();
}
