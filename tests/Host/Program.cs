using Traf3li.Backup.Hosting;

if (args.Length == 0)
{
    await Console.Error.WriteLineAsync("Usage: dotnet run --project tests/Host -- script.ps1 [argument ...]");
    return 2;
}

return ScriptRunner.Run(args[0], args[1..]);
