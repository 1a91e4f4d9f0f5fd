using System.Globalization;

namespace Skerry.Core;

/// <summary>
/// What a kernel must know to verify a root disk with dm-verity: written by the image's builder, read from <c>kernel_verity_params</c>
/// in Kata's form, <c>root_hash=…,salt=…,data_blocks=…,data_block_size=…,hash_block_size=…</c>.
/// </summary>
/// <param name="RootHash">SHA-256 at the top of the hash tree, 64 hexadecimal digits in lower case.</param>
/// <param name="Salt">What is hashed before each block, hexadecimal; empty for none.</param>
/// <param name="DataBlocks">How many blocks are verified.</param>
/// <param name="DataBlockBytes">Size of a block of data.</param>
/// <param name="HashBlockBytes">Size of a block of hashes.</param>
public sealed record VerityParameters(string RootHash, string Salt, long DataBlocks, int DataBlockBytes, int HashBlockBytes)
{
    private const int RootHashDigits = 64;
    private const int MostSaltDigits = 512;

    /// <summary>Reads the text of a configuration; false, with the reason, when it is not of that form.</summary>
    public static bool TryParse(string text, out VerityParameters? parameters, out string problem)
    {
        parameters = null;
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["salt"] = "", ["data_block_size"] = "4096", ["hash_block_size"] = "4096" };
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = part.Split('=', 2);
            if (pair.Length != 2)
            {
                problem = $"\"{part}\" is not NAME=VALUE";
                return false;
            }

            fields[pair[0].Trim()] = pair[1].Trim();
        }

        problem = Problem(fields);
        if (problem.Length == 0)
        {
            parameters = new VerityParameters(
                fields["root_hash"].ToLowerInvariant(), fields["salt"].ToLowerInvariant(), Number(fields["data_blocks"]), (int)Number(fields["data_block_size"]), (int)Number(fields["hash_block_size"]));
        }

        return problem.Length == 0;
    }

    /// <summary>The text for a configuration.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"root_hash={RootHash},salt={Salt},data_blocks={DataBlocks},data_block_size={DataBlockBytes},hash_block_size={HashBlockBytes}");

    private static string Problem(Dictionary<string, string> fields)
    {
        string[] known = ["root_hash", "salt", "data_blocks", "data_block_size", "hash_block_size"];
        if (fields.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            return $"\"{unknown}\" is not one of {string.Join(", ", known)}";
        }

        if (!fields.TryGetValue("root_hash", out string? rootHash) || rootHash.Length != RootHashDigits || !IsHex(rootHash))
        {
            return $"root_hash is not a SHA-256 of {RootHashDigits} hexadecimal digits";
        }

        string salt = fields["salt"];
        if (salt.Length > MostSaltDigits || salt.Length % 2 != 0 || !IsHex(salt))
        {
            return $"salt is not an even number of hexadecimal digits, at most {MostSaltDigits}";
        }

        bool sizes = IsBlockSize(Number(fields["data_block_size"])) && IsBlockSize(Number(fields["hash_block_size"]));
        return !sizes ? "a block size is not a power of two from 512 to 65536"
            : Number(fields.GetValueOrDefault("data_blocks", string.Empty)) is < 1 or > 1L << 40 ? "data_blocks is not the number of blocks"
            : string.Empty;
    }

    private static bool IsHex(string text) => text.All(char.IsAsciiHexDigit);

    private static bool IsBlockSize(long bytes) => bytes is >= 512 and <= 65536 && long.IsPow2(bytes);

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1;
}
