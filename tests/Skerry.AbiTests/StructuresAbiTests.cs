using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Skerry.Linux;

namespace Skerry.AbiTests;

/// <summary>Structures have the size and the offsets that C gives them.</summary>
public sealed partial class StructuresAbiTests
{
    private static readonly string[] s_headers =
    [
        "signal.h", "termios.h", "time.h", "poll.h", "sys/epoll.h", "sys/ioctl.h", "sys/stat.h", "sys/vfs.h", "linux/openat2.h", "linux/mount.h", SpawnHeader(),
    ];

    private static readonly (Type Ours, string Theirs, (string Ours, string Theirs)[] Fields)[] s_structures =
    [
        (typeof(Reactor.EpollEvent), "struct epoll_event", [("Events", "events"), ("Data", "data")]),
        (typeof(Poll.PollFd), "struct pollfd", [("Number", "fd"), ("Events", "events"), ("Returned", "revents")]),
        (typeof(Pty.WindowSize), "struct winsize", [("Rows", "ws_row"), ("Columns", "ws_col"), ("WidthPixels", "ws_xpixel"), ("HeightPixels", "ws_ypixel")]),
        (typeof(RawTerminal.Settings), "struct termios", [("InputFlags", "c_iflag"), ("OutputFlags", "c_oflag"), ("ControlFlags", "c_cflag"), ("LocalFlags", "c_lflag")]),
        (typeof(RawEntries.OpenHow), "struct open_how", [("Flags", "flags"), ("Mode", "mode"), ("Resolve", "resolve")]),
        (typeof(Attributes.TimeSpec), "struct timespec", [("Seconds", "tv_sec"), ("Nanoseconds", "tv_nsec")]),
        (typeof(Attributes.StatusTime), "struct statx_timestamp", [("Seconds", "tv_sec"), ("Nanoseconds", "tv_nsec")]),
        (
            typeof(FileSystems.RawStat),
            "struct statfs",
            [
                ("Type", "f_type"), ("BlockSize", "f_bsize"), ("Blocks", "f_blocks"), ("FreeBlocks", "f_bfree"), ("AvailableBlocks", "f_bavail"),
                ("Files", "f_files"), ("FreeFiles", "f_ffree"), ("Id", "f_fsid"), ("NameLength", "f_namelen"), ("FragmentSize", "f_frsize"),
                ("Flags", "f_flags"),
            ]),
        (
            typeof(Attributes.RawStatus),
            "struct statx",
            [
                ("Mask", "stx_mask"), ("BlockSize", "stx_blksize"), ("Attributes", "stx_attributes"), ("Links", "stx_nlink"), ("Uid", "stx_uid"),
                ("Gid", "stx_gid"), ("Mode", "stx_mode"), ("Inode", "stx_ino"), ("Size", "stx_size"), ("Blocks", "stx_blocks"),
                ("AttributesMask", "stx_attributes_mask"), ("Accessed", "stx_atime"), ("Born", "stx_btime"), ("Changed", "stx_ctime"),
                ("Modified", "stx_mtime"), ("NodeMajor", "stx_rdev_major"), ("NodeMinor", "stx_rdev_minor"), ("DeviceMajor", "stx_dev_major"),
                ("DeviceMinor", "stx_dev_minor"),
            ]),
        (
            typeof(WaitId.SignalInfo),
            "siginfo_t",
            [("Signal", "si_signo"), ("Error", "si_errno"), ("Code", "si_code"), ("Pid", "si_pid"), ("Uid", "si_uid"), ("Status", "si_status")]),
        (
            typeof(Mounts.RawAttributes),
            "struct mount_attr",
            [("Set", "attr_set"), ("Clear", "attr_clr"), ("Propagation", "propagation"), ("UserNamespace", "userns_fd")]),
        (typeof(RawSpawn), "struct skerry_spawn", OwnFields(typeof(RawSpawn))),
        (typeof(RawSpawn.ReportRecord), "struct skerry_report", OwnFields(typeof(RawSpawn.ReportRecord))),
        (typeof(RawSpawn.Descriptor), "struct skerry_descriptor", OwnFields(typeof(RawSpawn.Descriptor))),
        (typeof(RawSpawn.Join), "struct skerry_join", OwnFields(typeof(RawSpawn.Join))),
        (typeof(RawSpawn.Limit), "struct skerry_limit", OwnFields(typeof(RawSpawn.Limit))),
        (typeof(RawSpawn.Sysctl), "struct skerry_sysctl", OwnFields(typeof(RawSpawn.Sysctl))),
        (typeof(RawSpawn.Step), "struct skerry_mount_step", OwnFields(typeof(RawSpawn.Step))),
    ];

    [Fact]
    public void SizesAndOffsets_AreThoseOfTheHeaders()
    {
        IReadOnlyDictionary<string, long> values = KernelHeaders.Evaluate(
            s_headers,
            s_structures.SelectMany(s => s.Fields.Select(field => Offset(s.Theirs, field.Theirs)).Append(Size(s.Theirs))));
        Assert.All(s_structures, structure =>
        {
            Assert.True(SizeOf(structure.Ours) == values[Size(structure.Theirs)], $"{structure.Ours} has {SizeOf(structure.Ours)} bytes, C has {values[Size(structure.Theirs)]}");
            Assert.All(structure.Fields, field => Assert.True(
                (long)Marshal.OffsetOf(structure.Ours, field.Ours) == values[Offset(structure.Theirs, field.Theirs)],
                $"{structure.Ours}.{field.Ours}"));
        });
    }

    [Fact]
    public void OwnEnumerations_HaveTheValuesOfTheHeader()
    {
        (string Name, long Value)[] ours =
        [
            .. Enum.GetValues<SpawnStage>().Select(stage => (Stage(stage), (long)stage)),
            .. Enum.GetValues<MountStepKind>().Select(kind => ("SKERRY_STEP_" + Snake(kind.ToString()).ToUpperInvariant(), (long)kind)),
            .. Enum.GetValues<SpawnOptions>().Where(option => option != SpawnOptions.None).Select(option => (Option(option), (long)option)),
        ];
        IReadOnlyDictionary<string, long> theirs = KernelHeaders.Evaluate(s_headers, ours.Select(entry => entry.Name));
        Assert.All(ours, entry => Assert.Equal(theirs[entry.Name], entry.Value));
    }

    private static string Stage(SpawnStage stage) => "SKERRY_" + Snake(stage.ToString()).ToUpperInvariant();

    private static string Option(SpawnOptions option) => option switch
    {
        SpawnOptions.NoNewPrivileges => "SKERRY_NO_NEW_PRIVS",
        _ => "SKERRY_" + Snake(option.ToString()).ToUpperInvariant(),
    };

    private static string Size(string structure) => $"sizeof({structure})";

    private static string Offset(string structure, string field) => $"offsetof({structure}, {field})";

    /// <summary>Structures of our own have the same fields in the spelling of C, and no others.</summary>
    private static (string Ours, string Theirs)[] OwnFields(Type type) =>
        [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public).Select(field => (field.Name, Snake(field.Name)))];

    private static string Snake(string name) => Capital().Replace(name, match => (match.Index == 0 ? "" : "_") + match.Value.ToLowerInvariant());

    private static int SizeOf(Type type) => (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    /// <summary>Our own header, beside the C it belongs to.</summary>
    private static string SpawnHeader([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../src/Skerry.Linux/native/spawn.h"));

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
