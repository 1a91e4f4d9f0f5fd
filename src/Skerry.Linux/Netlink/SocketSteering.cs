using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Skerry.Linux.Netlink;

/// <summary>
/// Leads every TCP connection to 127.0.0.0/8 within a network namespace to one listening socket, whatever port it names. The
/// kernel asks a small program which socket a connection is for before it looks among the listening ones (bpf-sk_lookup, Linux 5.9).
/// </summary>
/// <remarks>Nothing has to be undone: the last descriptor takes the program away, also when this process is killed.</remarks>
public sealed partial class SocketSteering : IDisposable
{
    private const nint SYS_bpf = 321;
    private const int BPF_MAP_CREATE = 0;
    private const int BPF_MAP_UPDATE_ELEM = 2;
    private const int BPF_PROG_LOAD = 5;
    private const int BPF_LINK_CREATE = 28;
    private const uint BPF_MAP_TYPE_SOCKMAP = 15;
    private const uint BPF_PROG_TYPE_SK_LOOKUP = 30;
    private const uint BPF_SK_LOOKUP = 36;
    private const int InstructionBytes = 8;

    // Offsets into struct bpf_sk_lookup of include/uapi/linux/bpf.h.
    private const short Family = 8;
    private const short Protocol = 12;
    private const short LocalIpv4 = 40;

    private readonly FileDescriptor _map;
    private readonly FileDescriptor _program;
    private readonly FileDescriptor _link;

    private SocketSteering(FileDescriptor map, FileDescriptor program, FileDescriptor link)
    {
        _map = map;
        _program = program;
        _link = link;
    }

    /// <summary>Begins to lead connections to <paramref name="listener"/>, a listening TCP socket of that namespace.</summary>
    /// <exception cref="SyscallException">EINVAL or ENOSYS: the kernel lacks this; EPERM.</exception>
    public static SocketSteering Start(SafeHandle networkNamespace, SafeHandle listener)
    {
        FileDescriptor? map = null;
        FileDescriptor? program = null;
        try
        {
            map = CreateMap(listener);
            program = Load(Compile((int)map.DangerousGetHandle()));
            return new SocketSteering(map, program, Attach(program, networkNamespace));
        }
        catch
        {
            program?.Dispose();
            map?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _link.Dispose();
        _program.Dispose();
        _map.Dispose();
    }

    /// <summary>
    /// The program, after Documentation/bpf/prog_sk_lookup.rst: for TCP over IPv4 to 127.0.0.0/8 takes the socket of the map;
    /// everything else is looked up as ever.
    /// </summary>
    internal static byte[] Compile(int map)
    {
        const byte ipv4 = 2;
        const byte tcp = 6;
        const byte loopback = 127;
        var code = new List<byte>();
        void Add(byte operation, byte registers, short offset, int value)
        {
            Span<byte> instruction = stackalloc byte[InstructionBytes];
            instruction[0] = operation;
            instruction[1] = registers;
            BinaryPrimitives.WriteInt16LittleEndian(instruction[2..], offset);
            BinaryPrimitives.WriteInt32LittleEndian(instruction[4..], value);
            code.AddRange(instruction);
        }

        Add(0xbf, 0x16, 0, 0);              //  0: r6 = r1, the context
        Add(0x61, 0x67, Family, 0);         //  1: r7 = family
        Add(0x55, 0x07, 20, ipv4);          //  2: if r7 != AF_INET goto 23
        Add(0x61, 0x67, Protocol, 0);       //  3: r7 = protocol
        Add(0x55, 0x07, 18, tcp);           //  4: if r7 != IPPROTO_TCP goto 23
        Add(0x61, 0x67, LocalIpv4, 0);      //  5: r7 = local address, network order
        Add(0x57, 0x07, 0, 0xff);           //  6: r7 &= 0xff, its first byte
        Add(0x55, 0x07, 15, loopback);      //  7: if r7 != 127 goto 23
        Add(0x62, 0x0a, -4, 0);             //  8: key on the stack = 0
        Add(0x18, 0x11, 0, map);            //  9: r1 = map, two slots
        Add(0x00, 0x00, 0, 0);              // 10
        Add(0xbf, 0xa2, 0, 0);              // 11: r2 = frame
        Add(0x07, 0x02, 0, -4);             // 12: r2 -= 4, the key
        Add(0x85, 0x00, 0, 1);              // 13: r0 = map_lookup_elem(r1, r2)
        Add(0x15, 0x00, 8, 0);              // 14: if r0 == 0 goto 23
        Add(0xbf, 0x07, 0, 0);              // 15: r7 = r0, the socket
        Add(0xbf, 0x61, 0, 0);              // 16: r1 = context
        Add(0xbf, 0x72, 0, 0);              // 17: r2 = socket
        Add(0xb7, 0x03, 0, 0);              // 18: r3 = 0
        Add(0x85, 0x00, 0, 124);            // 19: sk_assign(r1, r2, r3)
        Add(0xbf, 0x71, 0, 0);              // 20: r1 = socket
        Add(0x85, 0x00, 0, 86);             // 21: sk_release(r1)
        Add(0xb7, 0x00, 0, 1);              // 22: r0 = SK_PASS
        Add(0xb7, 0x00, 0, 1);              // 23: r0 = SK_PASS
        Add(0x95, 0x00, 0, 0);              // 24: exit
        return [.. code];
    }

    private static unsafe FileDescriptor CreateMap(SafeHandle listener)
    {
        var create = new MapAttributes { Type = BPF_MAP_TYPE_SOCKMAP, KeyBytes = sizeof(uint), ValueBytes = sizeof(ulong), MostEntries = 1 };
        nint number = Native.Bpf(SYS_bpf, BPF_MAP_CREATE, &create, (uint)sizeof(MapAttributes));
        Syscall.Check(number, "bpf", "create a map of sockets");
        var map = new FileDescriptor((int)number);
        bool added = false;
        try
        {
            listener.DangerousAddRef(ref added);

            // Both live on this stack for the call, which copies them.
            uint key = 0;
            ulong value = (ulong)listener.DangerousGetHandle();
            var update = new ElementAttributes { Map = (uint)map.DangerousGetHandle(), Key = (ulong)&key, Value = (ulong)&value };
            Syscall.Check(Native.Bpf(SYS_bpf, BPF_MAP_UPDATE_ELEM, &update, (uint)sizeof(ElementAttributes)), "bpf", "put a socket into a map");
            return map;
        }
        catch
        {
            map.Dispose();
            throw;
        }
        finally
        {
            if (added)
            {
                listener.DangerousRelease();
            }
        }
    }

    private static unsafe FileDescriptor Load(byte[] instructions)
    {
        // Both arrays are pinned for the call, and the kernel copies them: it reads InstructionCount instructions and a text with its zero.
        fixed (byte* code = instructions, license = "Apache-2.0\0"u8)
        {
            var load = new ProgramAttributes
            {
                Type = BPF_PROG_TYPE_SK_LOOKUP,
                InstructionCount = (uint)(instructions.Length / InstructionBytes),
                Instructions = (ulong)code,
                License = (ulong)license,
                ExpectedAttachType = BPF_SK_LOOKUP,
            };
            nint number = Native.Bpf(SYS_bpf, BPF_PROG_LOAD, &load, (uint)sizeof(ProgramAttributes));
            Syscall.Check(number, "bpf", "load a program that chooses sockets");
            return new FileDescriptor((int)number);
        }
    }

    private static unsafe FileDescriptor Attach(FileDescriptor program, SafeHandle networkNamespace)
    {
        bool added = false;
        try
        {
            networkNamespace.DangerousAddRef(ref added);
            var attach = new LinkAttributes
            {
                Program = (uint)program.DangerousGetHandle(),
                Target = (uint)networkNamespace.DangerousGetHandle(),
                Type = BPF_SK_LOOKUP,
            };
            nint number = Native.Bpf(SYS_bpf, BPF_LINK_CREATE, &attach, (uint)sizeof(LinkAttributes));
            Syscall.Check(number, "bpf", "attach a program to a network namespace");
            return new FileDescriptor((int)number);
        }
        finally
        {
            if (added)
            {
                networkNamespace.DangerousRelease();
            }
        }
    }

    /// <summary>The first members of union bpf_attr for BPF_MAP_CREATE.</summary>
    internal struct MapAttributes
    {
        public uint Type;
        public uint KeyBytes;
        public uint ValueBytes;
        public uint MostEntries;
        public uint Flags;
    }

    /// <summary>The members of union bpf_attr for BPF_MAP_UPDATE_ELEM.</summary>
    internal struct ElementAttributes
    {
        public uint Map;
        public uint Padding;
        public ulong Key;
        public ulong Value;
        public ulong Flags;
    }

    /// <summary>The first members of union bpf_attr for BPF_PROG_LOAD, up to expected_attach_type.</summary>
    internal struct ProgramAttributes
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
        public ulong NameLow;
        public ulong NameHigh;
        public uint InterfaceIndex;
        public uint ExpectedAttachType;
    }

    /// <summary>The first members of union bpf_attr for BPF_LINK_CREATE.</summary>
    internal struct LinkAttributes
    {
        public uint Program;
        public uint Target;
        public uint Type;
        public uint Flags;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
        internal static unsafe partial nint Bpf(nint number, int command, void* attributes, uint size);
    }
}
