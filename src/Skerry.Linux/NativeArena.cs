using System.Runtime.InteropServices;
using System.Text;

namespace Skerry.Linux;

/// <summary>Memory outside the managed heap for one native call: nothing in it moves, and all of it is freed at once.</summary>
internal sealed unsafe class NativeArena : IDisposable
{
    private readonly List<nint> _blocks = [];

    /// <summary>A zero-terminated UTF-8 copy; null stays null.</summary>
    /// <exception cref="ArgumentException">The text holds a zero, which would cut it short.</exception>
    internal byte* Text(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"\"{text.Replace("\0", "\\0", StringComparison.Ordinal)}\" contains a zero byte", nameof(text));
        }

        byte* copy = Array<byte>(Encoding.UTF8.GetByteCount(text) + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(copy, Encoding.UTF8.GetByteCount(text)));
        return copy;
    }

    /// <summary>An array of texts that ends with null.</summary>
    internal byte** Texts(IReadOnlyList<string> texts)
    {
        var copy = (byte**)Array<nint>(texts.Count + 1);
        for (int i = 0; i < texts.Count; i++)
        {
            copy[i] = Text(texts[i]);
        }

        return copy;
    }

    /// <summary>An array of zeroed items, aligned for any of them; null for none.</summary>
    internal T* Array<T>(int count)
        where T : unmanaged
    {
        if (count == 0)
        {
            return null;
        }

        void* block = NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));
        _blocks.Add((nint)block);
        return (T*)block;
    }

    /// <summary>A copy of the items; null for none.</summary>
    internal T* Copy<T>(ReadOnlySpan<T> items)
        where T : unmanaged
    {
        T* copy = Array<T>(items.Length);
        items.CopyTo(new Span<T>(copy, items.Length));
        return copy;
    }

    public void Dispose()
    {
        foreach (nint block in _blocks)
        {
            NativeMemory.Free((void*)block);
        }

        _blocks.Clear();
    }
}
