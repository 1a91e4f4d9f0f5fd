using System.Globalization;
using System.Reflection;
using Skerry.Linux.Cgroups;

namespace Skerry.AbiTests;

public sealed class DeviceProgramAbiTests
{
    private static readonly string[] Headers = ["linux/bpf.h", "sys/syscall.h"];

    [Theory]
    [InlineData(typeof(DeviceProgram), 5)]
    [InlineData(typeof(CgroupV2), 5)]
    public void EveryConstant_HasTheValueOfTheHeaders(Type type, int count)
    {
        FieldInfo[] fields =
        [
            .. type.GetFields(BindingFlags.Static | BindingFlags.NonPublic)
                .Where(f => f.Name.StartsWith("BPF_", StringComparison.Ordinal) || f.Name == "SYS_bpf"),
        ];
        Assert.Equal(count, fields.Length);
        IReadOnlyDictionary<string, long> values = KernelHeaders.Evaluate(Headers, fields.Select(f => f.Name));
        Assert.All(fields, f => Assert.Equal(values[f.Name], Convert.ToInt64(f.GetValue(null)!.ToString(), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Instructions_HaveTheCodesOfTheHeaders()
    {
        IReadOnlyDictionary<string, long> values = KernelHeaders.Evaluate(
            Headers,
            [
                "BPF_LDX|BPF_W|BPF_MEM", "BPF_ALU64|BPF_MOV|BPF_X", "BPF_ALU64|BPF_MOV|BPF_K", "BPF_ALU64|BPF_AND|BPF_K", "BPF_ALU64|BPF_RSH|BPF_K",
                "BPF_JMP|BPF_JA", "BPF_JMP|BPF_JNE|BPF_K", "BPF_JMP|BPF_JSET|BPF_K", "BPF_JMP|BPF_EXIT", "sizeof(struct bpf_insn)",
            ]);
        Assert.Equal([0x61, 0xbf, 0xb7, 0x57, 0x77, 0x05, 0x55, 0x45, 0x95, DeviceProgram.InstructionBytes], values.Values);
    }

    [Fact]
    public void Attributes_LieWhereTheKernelReadsThem()
    {
        string[] offsets =
        [
            "offsetof(union bpf_attr, insns)", "offsetof(union bpf_attr, license)", "offsetof(union bpf_attr, prog_flags)",
            "offsetof(union bpf_attr, attach_bpf_fd)", "offsetof(union bpf_attr, attach_type)", "offsetof(union bpf_attr, attach_flags)",
        ];
        Assert.Equal([8, 16, 44, 4, 8, 12], KernelHeaders.Evaluate(Headers, offsets).Values);
        Assert.Equal(8, System.Runtime.InteropServices.Marshal.OffsetOf<CgroupV2.LoadAttributes>("Instructions"));
        Assert.Equal(44, System.Runtime.InteropServices.Marshal.OffsetOf<CgroupV2.LoadAttributes>("Flags"));
    }
}
