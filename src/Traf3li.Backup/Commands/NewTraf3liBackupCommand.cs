using System.Collections;
using System.Management.Automation;
using Traf3li.Backup.Parameters;

namespace Traf3li.Backup.Commands;

/// <summary>Takes a backup.</summary>
[Cmdlet(VerbsCommon.New, "Traf3liBackup", SupportsShouldProcess = true)]
[OutputType(typeof(BackupInfo), typeof(BackupPlan))]
public sealed class NewTraf3liBackupCommand : RunCommand
{
    /// <summary>The kind of server.</summary>
    [Parameter]
    public BackupSource Source { get; set; } = BackupSource.MongoDB;

    /// <summary>The schedule that the backup belongs to.</summary>
    [Parameter]
    public BackupType Type { get; set; } = BackupType.Manual;

    /// <summary>The server's connection string.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Uri { get; set; }

    /// <summary>User and password of the server.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Databases to back up.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Database { get; set; } = [];

    /// <summary>Collections to back up, as <c>database.collection</c>.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Collection { get; set; } = [];

    /// <summary>Collections to leave out, as <c>database.collection</c>.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] ExcludeCollection { get; set; } = [];

    /// <summary>Which single state of the server the backup holds.</summary>
    [Parameter]
    public BackupConsistency? Consistency { get; set; }

    /// <summary>How the archive is compressed.</summary>
    [Parameter]
    public CompressionMethod Compression { get; set; } = CompressionMethod.Gzip;

    /// <summary>The compressor's level.</summary>
    [Parameter]
    [ValidateRange(1, 19)]
    public int? CompressionLevel { get; set; }

    /// <summary>The largest stored object allowed, in bytes.</summary>
    [Parameter]
    [SizeTransformation]
    [ValidateRange(1, long.MaxValue)]
    public long? MaxSize { get; set; }

    /// <summary>Collections read at once.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int? ThrottleLimit { get; set; }

    /// <summary>The most bytes of documents, or of an RDB, read a second.</summary>
    [Parameter]
    [SizeTransformation]
    [ValidateRange(1, long.MaxValue)]
    public long? RateLimit { get; set; }

    /// <summary>How a Redis server is read.</summary>
    [Parameter]
    public RedisBackupMethod Method { get; set; } = RedisBackupMethod.Auto;

    /// <summary>Reads a replica of a Redis server rather than its primary, where one is fit.</summary>
    [Parameter]
    public SwitchParameter PreferReplica { get; set; }

    /// <summary>How long reading one Redis server may take in all.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long a Redis server that is read may send nothing.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>How long a Redis server may prepare its RDB before it sends it.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? ForkTimeout { get; set; }

    /// <summary>Labels recorded in the manifest.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable Tag { get; set; } = [];

    /// <summary>Leaves users and roles out.</summary>
    [Parameter]
    public SwitchParameter NoUsersAndRoles { get; set; }

    /// <summary>Takes the users and roles of the chosen databases along.</summary>
    [Parameter]
    public SwitchParameter DatabaseUsersAndRoles { get; set; }

    /// <summary>Reads the stored object back in full.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        if (Source != BackupSource.All)
        {
            await BackUpAsync(Source, cancellationToken);
            return;
        }

        if (Uri is not null || Credential is not null)
        {
            throw new ConfigurationInvalidException(
                "Source", "All takes each server from its own setting, so -Uri and -Credential name none.", "Set MONGODB_URI and REDIS_URL, or choose one source.");
        }

        foreach (var source in new[] { BackupSource.MongoDB, BackupSource.Redis })
        {
            try
            {
                await BackUpAsync(source, cancellationToken);
            }
            catch (BackupException exception)
            {
                // The other one is backed up all the same.
                await WriteErrorAsync(exception);
            }
        }
    }

    /// <inheritdoc />
    private protected override bool IsTerminating(BackupException exception) => Source != BackupSource.All;

    private async Task BackUpAsync(BackupSource source, CancellationToken cancellationToken)
    {
        var options = ToOptions(source);
        var what = source == BackupSource.Redis ? "Redis" : Database.Length == 0 ? "all databases" : string.Join(", ", Database);
        var (agreed, reason) = await ShouldProcessAsync(
            $"Back up {what} to {DestinationPath ?? "the configured destination"}.", $"Back up {what}?", "Backup", cancellationToken);
        if (agreed)
        {
            await WriteObjectAsync(await Engine.BackupAsync(options, Reporter, cancellationToken));
        }
        else if (reason.HasFlag(ShouldProcessReason.WhatIf))
        {
            await WriteObjectAsync(await Engine.PlanBackupAsync(options, Reporter, cancellationToken));
        }
    }

    private BackupOptions ToOptions(BackupSource source) => new()
    {
        WorkingDirectory = WorkingDirectory,
        EnvFile = EnvFilePath,
        Destination = DestinationPath,
        DestinationCredential = DestinationLogin,
        Environment = Environment,
        WaitForLock = WaitForLock,
        Notify = Notify,
        Source = source,
        Type = Type,
        Uri = Uri,
        Credential = Credential?.GetNetworkCredential(),
        Database = Database,
        Collection = Collection,
        ExcludeCollection = ExcludeCollection,
        Consistency = Consistency,
        Compression = Compression,
        CompressionLevel = CompressionLevel,
        MaxSize = MaxSize,
        ThrottleLimit = ThrottleLimit,
        RateLimit = RateLimit,
        Method = Method,
        PreferReplica = MyInvocation.BoundParameters.ContainsKey(nameof(PreferReplica)) ? PreferReplica.ToBool() : null,
        Timeout = Timeout,
        IdleTimeout = IdleTimeout,
        ForkTimeout = ForkTimeout,
        Tag = Tag.Cast<DictionaryEntry>().ToDictionary(tag => $"{tag.Key}", tag => $"{tag.Value}", StringComparer.Ordinal),
        NoUsersAndRoles = NoUsersAndRoles,
        DatabaseUsersAndRoles = DatabaseUsersAndRoles,
        Verify = MyInvocation.BoundParameters.ContainsKey(nameof(Verify)) ? Verify.ToBool() : null,
    };
}
