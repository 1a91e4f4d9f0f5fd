using System.Text;
using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Fuzz.Targets;

/// <summary>/etc/passwd and /etc/group of an image, and the user asked for: three parts of the input, split at NUL.</summary>
internal sealed class AccountFilesTarget : IFuzzTarget
{
    public string Name => "account-files";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "app:wheel\0root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home:\n\0wheel:x:10:root,app\n"u8.ToArray(),
        "1000:10\0app:x:1000:1001\n\0a:b:c:d\n:::\n"u8.ToArray(),
    ];

    public void Run(byte[] input)
    {
        string[] parts = [.. Encoding.UTF8.GetString(input).Split('\0', 3), string.Empty, string.Empty];
        ResolvedUser user = UserResolver.Resolve(parts[0], parts[1], parts[2]);
        if (user.Home.Length == 0)
        {
            throw new InvalidOperationException("a user without a home directory");
        }
    }

    public bool IsExpected(Exception error) => error is SkerryException;
}
