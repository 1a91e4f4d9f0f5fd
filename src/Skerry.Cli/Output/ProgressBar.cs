using Spectre.Console;

namespace Skerry.Cli.Output;

/// <summary>Progress with a terminal: one bar that is removed at the end.</summary>
internal static class ProgressBar
{
    internal static Task<T> RunAsync<T>(IAnsiConsole console, Func<IProgress<ProgressStep>, Task<T>> work) => console.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
        .StartAsync(display =>
        {
            ProgressTask bar = display.AddTask("starting", maxValue: 1);
            bar.IsIndeterminate = true;
            return work(new Reporter(bar));
        });

    private sealed class Reporter(ProgressTask bar) : IProgress<ProgressStep>
    {
        public void Report(ProgressStep value)
        {
            bar.Description = Markup.Escape(value.Text);
            bar.IsIndeterminate = value.Fraction is null;
            bar.Value = value.Fraction ?? 0;
        }
    }
}
