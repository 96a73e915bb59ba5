using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Traf3li.Backup.Loading;

namespace Traf3li.Backup.Completion;

/// <summary>Completes keys with those of the newest backups at the destination, when it answers quickly.</summary>
public sealed class KeyCompleter : IArgumentCompleter
{
    private const int Offered = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var query = new BackupQuery
        {
            WorkingDirectory = CurrentFolder(),
            Destination = (fakeBoundParameters["Destination"] is object[] several ? several.FirstOrDefault() : fakeBoundParameters["Destination"])?.ToString(),
            EnvFile = fakeBoundParameters["EnvFile"]?.ToString(),
            Key = [WildcardPattern.Escape((wordToComplete ?? "").Trim('\'', '"')) + "*"],
            Latest = Offered,
        };
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            return Task.Run(() => ListAsync(query, patience.Token)).WaitAsync(Patience).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is BackupException or OperationCanceledException or TimeoutException or IOException)
        {
            // Completion has no place for errors: the command itself will name them.
            return [];
        }
    }

    private static async Task<List<CompletionResult>> ListAsync(BackupQuery query, CancellationToken cancellationToken)
    {
        var results = new List<CompletionResult>();
        await foreach (var backup in EngineLoader.Engine.ListAsync(query, SilentReporter.Instance, cancellationToken).ConfigureAwait(false))
        {
            var hint = $"{backup.Date:yyyy-MM-dd HH:mm} UTC, {string.Join(", ", backup.Database)}";
            results.Add(new CompletionResult(backup.Key, backup.Key, CompletionResultType.ParameterValue, hint));
        }

        return results;
    }

    private static string CurrentFolder()
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var folder = shell.AddScript("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath").Invoke<string>();
        return folder.Count > 0 ? folder[0] : Environment.CurrentDirectory;
    }
}
