using Skerry.Cli.Output;
using Skerry.GuestAssets;

namespace Skerry.Cli.Commands.Image;

/// <summary>Shows a build's steps as progress.</summary>
internal sealed class GuestImageSteps(IProgress<ProgressStep> progress) : IProgress<GuestImageProgress>
{
    public void Report(GuestImageProgress value) => progress.Report(new ProgressStep(value.Step, (double)value.Number / value.Count));
}
