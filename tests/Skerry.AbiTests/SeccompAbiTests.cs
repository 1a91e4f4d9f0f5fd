using System.Globalization;
using System.Reflection;
using Skerry.Linux.Seccomp;

namespace Skerry.AbiTests;

public sealed class SeccompAbiTests
{
    [Fact]
    public void EveryConstant_HasTheValueOfTheHeaders()
    {
        FieldInfo[] fields = [.. typeof(SeccompNames).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(f => f.IsLiteral)];
        Assert.True(fields.Length >= 12);
        IReadOnlyDictionary<string, long> values = KernelHeaders.Evaluate(["linux/seccomp.h", "errno.h"], fields.Select(f => f.Name));
        Assert.All(fields, f => Assert.Equal((uint)values[f.Name], Convert.ToUInt32(f.GetRawConstantValue(), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Instructions_HaveTheCodesAndTheSizeOfTheHeaders()
    {
        IReadOnlyDictionary<string, long> values = KernelHeaders.Evaluate(
            ["linux/filter.h"],
            ["BPF_LD|BPF_W|BPF_ABS", "BPF_ALU|BPF_AND|BPF_K", "BPF_JMP|BPF_JA", "BPF_JMP|BPF_JEQ|BPF_K", "BPF_JMP|BPF_JGT|BPF_K", "BPF_JMP|BPF_JGE|BPF_K", "BPF_RET|BPF_K", "sizeof(struct sock_filter)"]);
        Assert.Equal(
            [
                BpfInstruction.BPF_LD_W_ABS, BpfInstruction.BPF_ALU_AND_K, BpfInstruction.BPF_JMP_JA, BpfInstruction.BPF_JMP_JEQ_K,
                BpfInstruction.BPF_JMP_JGT_K, BpfInstruction.BPF_JMP_JGE_K, BpfInstruction.BPF_RET_K, BpfInstruction.SizeBytes,
            ],
            values.Values);
    }
}
