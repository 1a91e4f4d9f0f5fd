using System.Text;
using Skerry.Hypervisor.Qmp;

namespace Skerry.Hypervisor.Tests;

/// <summary>Seeded noise against the monitor's codec: it may refuse, never fail otherwise, and never take more than its bounds.</summary>
public sealed class QmpFuzzTests
{
    private static readonly string[] s_seeds =
    [
        """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian"}, "capabilities": ["oob"]}}""",
        """{"return": {"running": true, "status": "running"}, "id": 12}""",
        """{"id": 3, "error": {"class": "GenericError", "desc": "é \u00e9 \\ \" no"}}""",
        """{"timestamp": {"seconds": 1732150000, "microseconds": 1}, "event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}""",
    ];

    [Fact]
    public void MutatedMessages_ParseOrAreRefused()
    {
        var random = new Random(20261121);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] line = Mutate(random, Encoding.UTF8.GetBytes(s_seeds[random.Next(s_seeds.Length)]));
            try
            {
                QmpMessage message = QmpCodec.Parse(line);
                Assert.True(message.Text.Length <= 1024 && message.Name.Length <= 1024);
                _ = new QmpEvent(message.Name, message.Value).Text("reason");
            }
            catch (InvalidDataException)
            {
                continue;
            }
        }
    }

    private static byte[] Mutate(Random random, byte[] line)
    {
        var bytes = line.ToList();
        for (int changes = random.Next(1, 6); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(Math.Min(8, bytes.Count - at)));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(bytes.Count - at)));
                    break;
                default:
                    bytes.Insert(at, "{}[]\",:\\0"u8[random.Next(9)]);
                    break;
            }
        }

        return bytes.ToArray();
    }
}
