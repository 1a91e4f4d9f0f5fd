namespace Skerry.Hypervisor;

/// <summary>The accelerator chosen and why, fit for a log line and for <c>skerry check</c>.</summary>
/// <param name="Accelerator">Kvm or Tcg, never Auto.</param>
/// <param name="Reason">One sentence, as in "/dev/kvm works and the CPU has vmx".</param>
/// <param name="Remedy">What would make hardware virtualization available; null when it is in use.</param>
public sealed record AcceleratorDecision(Accelerator Accelerator, string Reason, string? Remedy = null);
