namespace Skerry.Linux;

/// <summary>enum skerry_option of native/spawn.h.</summary>
[Flags]
internal enum SpawnOptions : uint
{
    None = 0,
    NewSession = 1 << 0,
    ControllingTerminal = 1 << 1,
    AllocateTerminal = 1 << 2,
    OwnStdio = 1 << 3,
    NoNewPrivileges = 1 << 4,
    BestEffortLimits = 1 << 5,
    SetUid = 1 << 6,
    SetGid = 1 << 7,
    SetGroups = 1 << 8,
    SetCapabilities = 1 << 9,
    SetOomScore = 1 << 10,
    SetUmask = 1 << 11,
    RootReadOnly = 1 << 12,
    PrivateDump = 1 << 13,
}
