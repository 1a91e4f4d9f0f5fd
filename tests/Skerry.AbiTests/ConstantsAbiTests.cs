using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Skerry.Linux;

namespace Skerry.AbiTests;

/// <summary>Every constant of the namespace Skerry.Linux that is spelled like the kernel's has the kernel's value.</summary>
public sealed partial class ConstantsAbiTests
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly string[] s_headers =
    [
        "errno.h", "fcntl.h", "poll.h", "sched.h", "signal.h", "termios.h", "time.h",
        "sys/epoll.h", "sys/file.h", "sys/inotify.h", "sys/ioctl.h", "sys/mman.h", "sys/prctl.h", "sys/reboot.h", "sys/resource.h",
        "sys/socket.h", "sys/stat.h", "sys/statvfs.h", "sys/syscall.h", "sys/wait.h",
        "linux/if.h", "linux/kvm.h", "linux/module.h", "linux/netlink.h", "linux/openat2.h", "linux/random.h",
    ];

    [Fact]
    public void KernelNames_HaveTheKernelsValues()
    {
        FieldInfo[] constants = [.. Constants().Where(field => field.DeclaringType != typeof(UnmountFlags))];
        Assert.InRange(constants.Length, 250, int.MaxValue);
        Compare(constants, "linux/mount.h", "linux/fs.h");
    }

    /// <summary>glibc's header and the kernel's cannot be included together.</summary>
    [Fact]
    public void UnmountFlags_HaveTheKernelsValues() =>
        Compare([.. Constants().Where(field => field.DeclaringType == typeof(UnmountFlags))], "sys/mount.h");

    private static void Compare(FieldInfo[] constants, params string[] mountHeaders)
    {
        IReadOnlyDictionary<string, long> values = KernelHeaders.Evaluate([.. s_headers, .. mountHeaders], constants.Select(field => field.Name).Distinct());
        Assert.All(constants, field => Assert.True(
            Agree(field, values[field.Name]),
            $"{field.DeclaringType!.Name}.{field.Name} is {field.GetRawConstantValue()}, the header says {values[field.Name]}"));
    }

    /// <summary>As many bits as our type has: the header's may be signed, or wider.</summary>
    private static bool Agree(FieldInfo field, long theirs) => field.GetRawConstantValue() switch
    {
        ulong ours => ours == unchecked((ulong)theirs),
        long ours => ours == theirs,
        object ours => unchecked((int)Convert.ToInt64(ours, CultureInfo.InvariantCulture) == (int)theirs),
        null => false,
    };

    private static IEnumerable<FieldInfo> Constants() => typeof(Errno).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(All))
        .Where(field => field.IsLiteral && field.FieldType != typeof(string) && KernelName().IsMatch(field.Name))
        .Where(field => field.DeclaringType!.Namespace == typeof(Errno).Namespace && field.DeclaringType != typeof(Capability));

    [GeneratedRegex("^(SYS_[a-z0-9_]+|[A-Z][A-Z0-9]+(_[A-Z0-9]+)*)$")]
    private static partial Regex KernelName();
}
