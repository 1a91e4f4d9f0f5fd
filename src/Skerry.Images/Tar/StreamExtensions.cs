namespace Skerry.Images.Tar;

/// <summary>Reading with an error of our own.</summary>
internal static class StreamExtensions
{
    /// <summary>Fills <paramref name="buffer"/>, or throws what <paramref name="error"/> makes when the stream ends first.</summary>
    internal static void ReadExactlyOr(this Stream stream, Span<byte> buffer, Func<Exception> error)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw error();
        }
    }
}
