using Skerry.Images;

namespace Skerry.Cli.Output;

/// <summary>Words for the work on an image.</summary>
internal sealed class ImageProgressSteps(IProgress<ProgressStep> progress) : IProgress<ImageProgress>
{
    public void Report(ImageProgress value)
    {
        string text = value.Stage switch
        {
            ImageStage.Pulling => $"pulling {value.Subject}",
            ImageStage.Unpacking => $"unpacking layer {value.LayerIndex + 1} of {value.LayerCount}",
            _ => $"layer {value.LayerIndex + 1} of {value.LayerCount} is there already",
        };
        progress.Report(new ProgressStep(text, value.TotalBytes > 0 ? Math.Clamp((double)value.DoneBytes / value.TotalBytes, 0, 1) : null));
    }
}
