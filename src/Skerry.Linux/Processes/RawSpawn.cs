namespace Skerry.Linux;

/// <summary>The structures of native/spawn.h, field by field; an ABI test compares sizes and offsets.</summary>
internal unsafe struct RawSpawn
{
    public byte* Program;
    public byte* SearchPath;
    public byte* WorkingDirectory;
    public byte** Arguments;
    public byte** Environment;

    public int* Keep;
    public Descriptor* Descriptors;
    public uint KeepCount;
    public uint DescriptorCount;
    public int Report;
    public int Gate;

    public ulong Namespaces;
    public ulong LateNamespaces;
    public Join* Joins;
    public byte** CgroupFiles;
    public byte* HostName;
    public byte* DomainName;
    public Sysctl* Sysctls;
    public uint JoinCount;
    public uint CgroupCount;
    public uint SysctlCount;
    public int OomScore;

    public byte* Root;
    public ulong Propagation;
    public ulong RootPropagation;
    public Step* Steps;
    public byte** Detach;
    public uint StepCount;
    public uint DetachCount;

    public ulong Bounding;
    public ulong Effective;
    public ulong Inheritable;
    public ulong Permitted;
    public ulong Ambient;
    public Limit* Limits;
    public uint* Groups;
    public byte* Seccomp;
    public uint LimitCount;
    public uint GroupCount;
    public uint SeccompCount;
    public uint SeccompFlags;
    public uint Uid;
    public uint Gid;
    public uint Umask;
    public int ParentDeathSignal;
    public SpawnOptions Options;

    public int RootDescriptor;
    public int Index;
    public int Terminal;
    public int RetryDirectory;

    /// <summary>struct skerry_report.</summary>
    internal struct ReportRecord
    {
        public int Stage;
        public int Error;
        public int Index;
        public int Value;
    }

    /// <summary>struct skerry_descriptor.</summary>
    internal struct Descriptor
    {
        public int Source;
        public int Target;
    }

    /// <summary>struct skerry_join.</summary>
    internal struct Join
    {
        public ulong Kinds;
        public int Descriptor;
        public int Reserved;
    }

    /// <summary>struct skerry_limit.</summary>
    internal struct Limit
    {
        public uint Resource;
        public uint Reserved;
        public ulong Soft;
        public ulong Hard;
    }

    /// <summary>struct skerry_sysctl.</summary>
    internal struct Sysctl
    {
        public byte* File;
        public byte* Value;
    }

    /// <summary>struct skerry_mount_step.</summary>
    internal struct Step
    {
        public byte* Target;
        public byte* Source;
        public byte* Type;
        public byte* Data;
        public ulong Flags;
        public ulong Propagation;
        public ulong TreeSet;
        public ulong TreeClear;
        public uint Kind;
        public uint Mode;
        public uint Major;
        public uint Minor;
        public uint Uid;
        public uint Gid;
    }
}
