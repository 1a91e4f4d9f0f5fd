using System.Runtime.InteropServices;

namespace Skerry.Linux.Cgroups;

/// <content>Devices.</content>
public sealed partial class CgroupV2
{
    private const nint SYS_bpf = 321;
    private const int BPF_PROG_LOAD = 5;
    private const int BPF_PROG_ATTACH = 8;
    private const uint BPF_PROG_TYPE_CGROUP_DEVICE = 15;
    private const uint BPF_CGROUP_DEVICE = 6;
    private const uint AttachBytes = 16;

    /// <summary>
    /// Decides which device nodes the processes here and beneath may open and make; what no rule names is refused. A second call
    /// takes the place of the first. Nodes that are open already stay usable.
    /// </summary>
    /// <exception cref="SyscallException">ENOENT: no such cgroup; EINVAL or ENOSYS: the kernel lacks CONFIG_CGROUP_BPF; EPERM.</exception>
    public void RestrictDevices(IReadOnlyList<DeviceRule> rules)
    {
        using FileDescriptor directory = FileDescriptor.Open(Path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        using FileDescriptor program = LoadDeviceProgram(DeviceProgram.Compile(rules));
        var attach = new AttachAttributes { Target = directory.Number, Program = program.Number, Type = BPF_CGROUP_DEVICE };
        Syscall.Check(Native.Attach(SYS_bpf, BPF_PROG_ATTACH, ref attach, AttachBytes), "bpf", $"attach device rules to \"{Path}\"");
    }

    private static unsafe FileDescriptor LoadDeviceProgram(byte[] instructions)
    {
        // Both arrays are pinned for the call, and the kernel copies them: it reads InstructionCount instructions and a text with its zero.
        fixed (byte* code = instructions, license = "Apache-2.0\0"u8)
        {
            var load = new LoadAttributes
            {
                Type = BPF_PROG_TYPE_CGROUP_DEVICE,
                InstructionCount = (uint)(instructions.Length / DeviceProgram.InstructionBytes),
                Instructions = (ulong)code,
                License = (ulong)license,
            };
            nint number = Native.Load(SYS_bpf, BPF_PROG_LOAD, ref load, (uint)sizeof(LoadAttributes));
            Syscall.Check(number, "bpf", "load device rules");
            return new FileDescriptor((int)number);
        }
    }

    /// <summary>The first members of union bpf_attr for BPF_PROG_LOAD; the kernel takes the rest as zero.</summary>
    internal struct LoadAttributes
    {
        public uint Type;
        public uint InstructionCount;
        public ulong Instructions;
        public ulong License;
        public uint LogLevel;
        public uint LogSize;
        public ulong LogBuffer;
        public uint KernelVersion;
        public uint Flags;
    }

    /// <summary>The first members of union bpf_attr for BPF_PROG_ATTACH.</summary>
    internal struct AttachAttributes
    {
        public int Target;
        public int Program;
        public uint Type;
        public uint Flags;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint Load(nint call, int command, ref LoadAttributes attributes, uint size);

        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint Attach(nint call, int command, ref AttachAttributes attributes, uint size);
    }
}
