using Skerry.Core;

namespace Skerry.Images;

/// <summary>Names of imported images: path-like, with a tag that is "latest" when left out.</summary>
internal static class ImageName
{
    private const int MaxLength = 255;

    /// <summary>The name with its tag, and without what Docker puts in front of short names.</summary>
    /// <exception cref="ImageException">InvalidArgument for other characters than letters, digits and <c>. _ - / : @</c>.</exception>
    internal static string Normalize(string text, string? hint = null)
    {
        bool valid = text.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(text[0])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':' or '@');
        if (!valid)
        {
            throw new ImageException(FailureKind.InvalidArgument, $"\"{text}\" is not the name of an image", hint);
        }

        string name = Familiar(text);
        return name.Contains('@', StringComparison.Ordinal) || name.LastIndexOf(':') > name.LastIndexOf('/') ? name : $"{name}:latest";
    }

    /// <summary>A name as people write it: docker.io/library/x is x.</summary>
    internal static string Familiar(string name)
    {
        foreach (string prefix in new[] { "docker.io/library/", "docker.io/" })
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length)
            {
                return name[prefix.Length..];
            }
        }

        return name;
    }

    /// <summary>A name made from a tag or a file's name, with what names cannot have replaced.</summary>
    internal static string From(string text)
    {
        string safe = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':' or '@' ? c : '-'));
        return Normalize(safe.TrimStart('.', '_', '-', '/', ':', '@') is { Length: > 0 } name ? name : "image");
    }
}
