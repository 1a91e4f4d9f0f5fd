using System.Text.Json;

namespace Skerry.Hypervisor.Qmp;

/// <summary>One message from QEMU's monitor.</summary>
/// <param name="Kind">Which fields mean something.</param>
/// <param name="Id">The command's id, of a return or an error; null when QEMU could not tell which command it answers.</param>
/// <param name="Name">An event's name, or an error's class.</param>
/// <param name="Text">An error's description.</param>
/// <param name="Value">A return's value, an event's data, a greeting's version; undefined when absent.</param>
internal sealed record QmpMessage(QmpMessageKind Kind, ulong? Id, string Name, string Text, JsonElement Value);
