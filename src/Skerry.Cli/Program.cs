using Skerry.Cli;

return await SkerryCommandLine.RunAsync(args, CliHost.OfThisProcess());
