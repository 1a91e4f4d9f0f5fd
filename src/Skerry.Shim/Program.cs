using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Shim;

ShimFlags flags;
try
{
    flags = ShimFlags.Parse(args);
    switch (flags.Action)
    {
        case ShimAction.Version:
            InfoCommand.PrintVersion();
            return 0;
        case ShimAction.Info:
            InfoCommand.PrintInfo();
            return 0;
        case ShimAction.Start:
            StartCommand.Run(flags);
            return 0;
        case ShimAction.Delete:
            await DeleteCommand.RunAsync(flags, new ErrorStreamLog());
            return 0;
        default:
            break;
    }
}
catch (Exception error)
{
    await Console.Error.WriteLineAsync(ErrorReport.Format(error));
    return 1;
}

using var log = FifoLog.Open("log", flags.Debug ? LogLevel.Debug : LogLevel.Information, TimeProvider.System);
return await ShimComposition.ServeAsync(flags, log);
