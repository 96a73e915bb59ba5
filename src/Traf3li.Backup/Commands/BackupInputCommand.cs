using System.Management.Automation;
using System.Runtime.CompilerServices;
using Traf3li.Backup.Completion;
using Traf3li.Backup.Errors;

namespace Traf3li.Backup.Commands;

/// <summary>A cmdlet that does something with backups, given as objects, by key, or by path.</summary>
public abstract class BackupInputCommand : FallbackCommand
{
    private protected const string BackupSet = "Backup";
    private protected const string KeySet = "Key";
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    private IReadOnlyList<string> _resolvedPaths = [];

    /// <summary>The backup, as Get- and New-Traf3liBackup emit it.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = BackupSet)]
    [ValidateNotNull]
    public BackupInfo? Backup { get; set; }

    /// <summary>The keys below the destination.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[] Key { get; set; } = [];

    /// <inheritdoc />
    [Parameter(ParameterSetName = BackupSet)]
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    public override string[] Destination { get => base.Destination; set => base.Destination = value; }

    /// <summary>Archives or dump folders of mongodump, or RDB files, wildcards allowed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Archives or dump folders of mongodump, or RDB files, taken as they stand.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        await foreach (var (backup, failure) in FindAsync(cancellationToken))
        {
            try
            {
                await ProcessBackupAsync(backup ?? throw failure!, cancellationToken);
            }
            catch (BackupException exception)
            {
                await WriteErrorAsync(exception);
            }
        }
    }

    /// <summary>Does the work for one backup.</summary>
    private protected abstract Task ProcessBackupAsync(BackupInfo backup, CancellationToken cancellationToken);

    /// <summary>The backup given as an object, whichever parameter it came by; null when none was.</summary>
    private protected virtual BackupInfo? GivenBackup() => Backup;

    /// <summary>Whether one key with wildcards may stand for several backups.</summary>
    private protected virtual bool TakesWildcardKey => true;

    /// <summary>Paths go through PowerShell's providers, which only its own thread may ask.</summary>
    private protected override void PrepareRecord()
    {
        base.PrepareRecord();
        _resolvedPaths = ProviderPaths.Resolve(SessionState.Path, Path, LiteralPath);
    }

    /// <inheritdoc />
    private protected override bool IsTerminating(BackupException exception) => ErrorRecordFactory.ConcernsEveryRecord(exception);

    private async IAsyncEnumerable<(BackupInfo? Backup, BackupException? Failure)> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (GivenBackup() is { } given)
        {
            yield return (given, null);
        }

        foreach (var key in ParameterSetName == KeySet ? Key : [])
        {
            var found = 0;
            await foreach (var backup in Engine.ListAsync(Query(key), Reporter, cancellationToken))
            {
                found++;
                yield return (backup, null);
            }

            if (found == 0)
            {
                yield return (null, new BackupNotFoundException(key, (DestinationPath ?? NamedDestination) is { } place ? string.Join(" or ", FallbackPath.Prepend(place)) : "the configured destination"));
            }
        }

        foreach (var path in _resolvedPaths)
        {
            yield return await OpenAsync(path, cancellationToken);
        }
    }

    /// <summary>What is asked for of one backup, with the destinations that it is read from: those given, else the one that it was listed in.</summary>
    private protected T From<T>(BackupInfo backup, T options)
        where T : EngineOptions => (T)(((EngineOptions)options) with
    {
        EnvFile = EnvFilePath,
        Destination = DestinationPath ?? backup.Destination,
        Fallback = FallbackPath,
        FallsBackToCopies = DestinationPath is null,
        DestinationCredential = DestinationLogin,
        Environment = Environment,
    });

    private BackupQuery Query(string key) => new()
    {
        WorkingDirectory = WorkingDirectory,
        Destination = DestinationPath ?? NamedDestination,
        Fallback = FallbackPath,
        FallsBackToCopies = DestinationPath is null,
        DestinationCredential = DestinationLogin,
        EnvFile = EnvFilePath,
        Key = [TakesWildcardKey ? key : WildcardPattern.Escape(key)],
    };

    private async Task<(BackupInfo?, BackupException?)> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var query = new PathQuery { WorkingDirectory = WorkingDirectory, EnvFile = EnvFilePath, Path = path };
        try
        {
            return (await Engine.OpenPathAsync(query, Reporter, cancellationToken), null);
        }
        catch (BackupException exception)
        {
            return (null, exception);
        }
    }
}
