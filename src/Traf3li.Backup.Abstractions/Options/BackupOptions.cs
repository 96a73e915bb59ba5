using System.Net;

namespace Traf3li.Backup;

/// <summary>What <c>New-Traf3liBackup</c> was asked for.</summary>
public sealed record BackupOptions : RunOptions
{
    /// <summary>The kind of server.</summary>
    public BackupSource Source { get; init; } = BackupSource.MongoDB;

    /// <summary>The schedule that the backup belongs to.</summary>
    public BackupType Type { get; init; } = BackupType.Manual;

    /// <summary>The connection string.</summary>
    public string? Uri { get; init; }

    /// <summary>User and password that replace those of the connection string.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>Databases to back up, wildcards allowed; empty takes all.</summary>
    public IReadOnlyList<string> Database { get; init; } = [];

    /// <summary>Namespaces (<c>db.collection</c>, wildcards allowed) to back up; empty takes all.</summary>
    public IReadOnlyList<string> Collection { get; init; } = [];

    /// <summary>Namespaces (<c>db.collection</c>, wildcards allowed) to leave out.</summary>
    public IReadOnlyList<string> ExcludeCollection { get; init; } = [];

    /// <summary>Null chooses: Oplog on a replica set, Snapshot through mongos, None on a standalone.</summary>
    public BackupConsistency? Consistency { get; init; }

    /// <summary>How the archive is compressed.</summary>
    public CompressionMethod Compression { get; init; } = CompressionMethod.Gzip;

    /// <summary>The compressor's level (gzip 1-9, zstd 1-19); null takes its default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>The largest stored object allowed, bytes; null allows any.</summary>
    public long? MaxSize { get; init; }

    /// <summary>Collections read at once; null chooses by processors.</summary>
    public int? ThrottleLimit { get; init; }

    /// <summary>The most bytes of documents, or of an RDB, read a second; null does not limit.</summary>
    public long? RateLimit { get; init; }

    /// <summary>Of Redis: how the server is read.</summary>
    public RedisBackupMethod Method { get; init; } = RedisBackupMethod.Auto;

    /// <summary>Of Redis: whether a replica is read rather than its primary, where one is fit; null leaves it to the URL.</summary>
    public bool? PreferReplica { get; init; }

    /// <summary>Of Redis: how long reading one server may take in all.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Of Redis: how long a server that is read may send nothing.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Of Redis: how long a server may prepare its RDB before it sends it.</summary>
    public TimeSpan? ForkTimeout { get; init; }

    /// <summary>Labels recorded in the manifest.</summary>
    public IReadOnlyDictionary<string, string> Tag { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Leaves users and roles out.</summary>
    public bool NoUsersAndRoles { get; init; }

    /// <summary>Takes the users and roles of the chosen databases along although admin is not chosen.</summary>
    public bool DatabaseUsersAndRoles { get; init; }

    /// <summary>Whether the stored object is read back in full; null does so for a folder only.</summary>
    public bool? Verify { get; init; }
}
