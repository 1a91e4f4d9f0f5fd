using System.Runtime.CompilerServices;
using Skerry.Linux;

namespace Skerry.AbiTests;

public sealed class DescriptorPassingAbiTests
{
    [Fact]
    public void ConstantsAndStructures_AreThoseOfTheHeaders()
    {
        IReadOnlyDictionary<string, long> values = KernelHeaders.Evaluate(
            ["sys/socket.h", "sys/uio.h"],
            ["SOL_SOCKET", "SCM_RIGHTS", "MSG_NOSIGNAL", "sizeof(struct cmsghdr)", "sizeof(struct iovec)", "sizeof(struct msghdr)", "offsetof(struct msghdr, msg_control)"]);
        Assert.Equal(
            [
                DescriptorPassing.SOL_SOCKET, DescriptorPassing.SCM_RIGHTS, DescriptorPassing.MSG_NOSIGNAL,
                Unsafe.SizeOf<DescriptorPassing.ControlHeader>(), Unsafe.SizeOf<DescriptorPassing.Vector>(), Unsafe.SizeOf<DescriptorPassing.Message>(), 32,
            ],
            values.Values);
    }
}
