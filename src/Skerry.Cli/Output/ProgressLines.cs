namespace Skerry.Cli.Output;

/// <summary>Progress without a terminal: one line whenever the text changes.</summary>
internal sealed class ProgressLines(TextWriter writer) : IProgress<ProgressStep>
{
    private readonly Lock _lock = new();
    private string _last = string.Empty;

    public void Report(ProgressStep value)
    {
        lock (_lock)
        {
            if (value.Text != _last)
            {
                _last = value.Text;
                writer.WriteLine(value.Text);
            }
        }
    }
}
