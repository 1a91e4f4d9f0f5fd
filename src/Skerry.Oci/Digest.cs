using System.Security.Cryptography;
using Skerry.Core;

namespace Skerry.Oci;

/// <summary>The digest of a blob, checked once at the edge, so that it is safe as a file name. Image-spec 1.1, descriptor.md "Digests".</summary>
public readonly record struct Digest
{
    private readonly string? _hex;

    private Digest(string hex) => _hex = hex;

    /// <summary>The digest as 64 hexadecimal digits in lower case; empty for <c>default</c>.</summary>
    public string Hex => _hex ?? string.Empty;

    /// <summary>The digest of <paramref name="content"/>.</summary>
    public static Digest Of(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(SHA256.HashData(content)));

    /// <summary>The digest whose raw bytes are <paramref name="hash"/>, 32 of them.</summary>
    public static Digest FromHash(ReadOnlySpan<byte> hash) => hash.Length == SHA256.HashSizeInBytes
        ? new Digest(Convert.ToHexStringLower(hash))
        : throw new ArgumentException($"a SHA-256 hash has 32 bytes, not {hash.Length}", nameof(hash));

    /// <summary>Checks <paramref name="text"/>; false unless it is <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
    public static bool TryParse(string? text, out Digest digest)
    {
        const string Prefix = "sha256:";
        digest = default;
        if (text is null || text.Length != Prefix.Length + 64 || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        string hex = text[Prefix.Length..];
        if (!hex.All(char.IsAsciiHexDigitLower))
        {
            return false;
        }

        digest = new Digest(hex);
        return true;
    }

    /// <summary>Checks <paramref name="text"/>.</summary>
    /// <exception cref="SkerryException">InvalidArgument; SHA-256 is the one algorithm the specification requires, and the one in use.</exception>
    public static Digest Parse(string? text) => TryParse(text, out Digest digest)
        ? digest
        : throw new SkerryException(FailureKind.InvalidArgument, $"\"{text}\" is not a digest of the form sha256:<64 hexadecimal digits>");

    /// <summary>The digest as <c>sha256:…</c>.</summary>
    public override string ToString() => $"sha256:{Hex}";
}
