using System.Text;
using System.Text.Json;
using Skerry.Hypervisor.Qemu;
using Skerry.Linux;

namespace Skerry.Hypervisor.Tests;

public sealed class QemuDiskTests
{
    [Fact]
    public void ADisk_IsOpenedOutOfItsDescriptorSet()
    {
        using FileDescriptor descriptor = FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY);
        var disk = new BlockDevice { Id = "disk3", Descriptor = descriptor, ReadOnly = true, CacheDirect = true, Aio = "native" };
        const string expected = """
            {"driver":"raw","node-name":"disk3-node","read-only":true,"cache":{"direct":true,"no-flush":false},"file":{"driver":"host_device","filename":"/dev/fdset/7","aio":"native","locking":"off","read-only":true,"cache":{"direct":true,"no-flush":false}}}
            """;
        Assert.Equal(expected.Trim(), Json(json => QemuDisk.WriteBackend(json, disk, 7)));
        Assert.Equal("""{"driver":"virtio-blk-pci","id":"disk3-card","drive":"disk3-node","bus":"slot2"}""", Json(json => QemuDisk.WriteCard(json, disk, "slot2")));
    }

    [Fact]
    public void PhysicalSectors_AreNeverSmallerThanLogicalOnes()
    {
        using FileDescriptor descriptor = FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY);
        var disk = new BlockDevice { Id = "d", Descriptor = descriptor, IsFile = true, LogicalSectorBytes = 4096, PhysicalSectorBytes = 512, Queues = 2, QueueSize = 64 };
        Assert.EndsWith("\"logical_block_size\":4096,\"physical_block_size\":4096,\"num-queues\":2,\"queue-size\":64}", Json(json => QemuDisk.WriteCard(json, disk, "slot0")), StringComparison.Ordinal);
        Assert.Contains("\"driver\":\"file\"", Json(json => QemuDisk.WriteBackend(json, disk, 0)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Unable to use linux io_uring: failed to init linux io_uring ring", "block_device_aio = \"threads\"")]
    [InlineData("aio=native was specified, but it requires cache.direct=on", "block_device_cache_direct")]
    [InlineData("Device node did not open", null)]
    public void Refusals_ComeWithWhatToSet(string words, string? hint)
    {
        string? given = QemuDisk.HintFor(words);
        Assert.Equal(hint is null, given is null);
        Assert.Contains(hint ?? string.Empty, given ?? string.Empty, StringComparison.Ordinal);
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
