using System.Management.Automation;
using Traf3li.Backup.Completion;

namespace Traf3li.Backup.Commands;

/// <summary>Lists backups, newest first, or describes archives given by path.</summary>
[Cmdlet(VerbsCommon.Get, "Traf3liBackup", DefaultParameterSetName = ListSet)]
[OutputType(typeof(BackupInfo))]
public sealed class GetTraf3liBackupCommand : FallbackCommand
{
    private const string ListSet = "List";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private IReadOnlyList<string> _resolvedPaths = [];

    /// <summary>Keys below the destination.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = ListSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[] Key { get; set; } = [];

    /// <inheritdoc />
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = ListSet)]
    [ValidateNotNullOrEmpty]
    public override string[] Destination { get => base.Destination; set => base.Destination = value; }

    /// <summary>The kind of server.</summary>
    [Parameter(ParameterSetName = ListSet)]
    public BackupSource? Source { get; set; }

    /// <summary>Schedules.</summary>
    [Parameter(ParameterSetName = ListSet)]
    public BackupType[] Type { get; set; } = [];

    /// <summary>Databases of which the backup must hold one.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Database { get; set; } = [];

    /// <summary>Only backups begun at or after this time.</summary>
    [Parameter(ParameterSetName = ListSet)]
    public DateTime? After { get; set; }

    /// <summary>Only backups begun before this time.</summary>
    [Parameter(ParameterSetName = ListSet)]
    public DateTime? Before { get; set; }

    /// <summary>Only the newest so many.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [ValidateRange(1, int.MaxValue)]
    public int? Latest { get; set; }

    /// <summary>States.</summary>
    [Parameter(ParameterSetName = ListSet)]
    public BackupStatus[] Status { get; set; } = [];

    /// <summary>Archives or dump folders of mongodump, or RDB files, wildcards allowed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Archives or dump folders of mongodump, or RDB files, taken as they stand.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc />
    private protected override void PrepareRecord()
    {
        base.PrepareRecord();
        _resolvedPaths = ProviderPaths.Resolve(SessionState.Path, Path, LiteralPath);
    }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        if (ParameterSetName == ListSet)
        {
            await foreach (var backup in Engine.ListAsync(ToQuery(), Reporter, cancellationToken))
            {
                await WriteObjectAsync(backup);
            }
        }

        foreach (var path in _resolvedPaths)
        {
            var query = new PathQuery { WorkingDirectory = WorkingDirectory, EnvFile = EnvFilePath, Path = path };
            await WriteObjectAsync(await Engine.OpenPathAsync(query, Reporter, cancellationToken));
        }
    }

    private BackupQuery ToQuery() => new()
    {
        WorkingDirectory = WorkingDirectory,
        EnvFile = EnvFilePath,
        Destination = DestinationPath ?? NamedDestination,
        Fallback = FallbackPath,
        DestinationCredential = DestinationLogin,
        Environment = Environment,
        Key = Key,
        Source = Source,
        Type = Type,
        Database = Database,
        After = After?.ToUniversalTime(),
        Before = Before?.ToUniversalTime(),
        Latest = Latest,
        Status = Status,
    };
}
