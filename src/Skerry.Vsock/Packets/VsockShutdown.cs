namespace Skerry.Vsock.Packets;

/// <summary>What the sender of a SHUTDOWN packet will not do any more. Virtio 1.2, section 5.10.6.6.</summary>
[Flags]
internal enum VsockShutdown : uint
{
    None = 0,
    VIRTIO_VSOCK_SHUTDOWN_F_RECEIVE = 1,
    VIRTIO_VSOCK_SHUTDOWN_F_SEND = 2,
    Both = VIRTIO_VSOCK_SHUTDOWN_F_RECEIVE | VIRTIO_VSOCK_SHUTDOWN_F_SEND,
}
