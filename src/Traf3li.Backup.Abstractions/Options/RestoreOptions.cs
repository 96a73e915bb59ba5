using System.Net;

namespace Traf3li.Backup;

/// <summary>What <c>Restore-Traf3liBackup</c> was asked for.</summary>
public sealed record RestoreOptions : RunOptions
{
    /// <summary>The backup.</summary>
    public required BackupInfo Backup { get; init; }

    /// <summary>The target's connection string.</summary>
    public string? Uri { get; init; }

    /// <summary>User and password that replace those of the connection string.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>Namespaces of the backup (<c>db.collection</c>, wildcards allowed) to restore; empty takes all.</summary>
    public IReadOnlyList<string> Namespace { get; init; } = [];

    /// <summary>Namespaces of the backup (<c>db.collection</c>, wildcards allowed) to leave out.</summary>
    public IReadOnlyList<string> ExcludeNamespace { get; init; } = [];

    /// <summary>The one database that everything is restored into, instead of its own; null keeps the names.</summary>
    public string? ToDatabase { get; init; }

    /// <summary>New names for namespaces, first match wins, <c>*</c> carried over: <c>shop.*</c> → <c>copy.*</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> NamespaceMap { get; init; } = [];

    /// <summary>Adds to live collections instead of replacing them.</summary>
    public bool Merge { get; init; }

    /// <summary>Writes straight into the live names: needs no room for two copies, and a restore that fails leaves them partial.</summary>
    public bool InPlace { get; init; }

    /// <summary>Takes no safety backup.</summary>
    public bool NoSafetyBackup { get; init; }

    /// <summary>Applies only oplog entries before this position (exclusive, as mongorestore does); null applies all.</summary>
    public OplogPosition? OplogLimit { get; init; }

    /// <summary>Goes on although the server refused documents.</summary>
    public bool AllowRefused { get; init; }

    /// <summary>Builds no index but that of _id.</summary>
    public bool NoIndex { get; init; }

    /// <summary>
    /// The members of the target's replica set that have to be ready before an index build commits: <c>majority</c>, <c>votingMembers</c> or
    /// a number; null leaves it to the server. A standalone has none and ignores it.
    /// </summary>
    public string? CommitQuorum { get; init; }

    /// <summary>Restores users and roles.</summary>
    public bool IncludeUsersAndRoles { get; init; }

    /// <summary>Keys of a Redis backup to restore, as patterns of Redis (<c>* ? [abc] [^a] \x</c>); empty takes all.</summary>
    public IReadOnlyList<string> KeyPattern { get; init; } = [];

    /// <summary>Databases of a Redis backup to restore, by number; empty takes all.</summary>
    public IReadOnlyList<int> DatabaseIndex { get; init; } = [];

    /// <summary>Reads every restored key of a Redis server back and compares it, instead of about a thousand.</summary>
    public bool Verify { get; init; }
}
