namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>All that a restore will write and drop.</summary>
internal sealed record RestoreLayout
{
    /// <summary>Collections, views and time series to restore.</summary>
    public required IReadOnlyList<RestoreTarget> Targets { get; init; }

    /// <summary>Parts of users and roles in the backup, restored only when asked for.</summary>
    public required IReadOnlyList<RestoreNamespace> UsersAndRoles { get; init; }

    /// <summary>What is live in the target's databases.</summary>
    public required LiveCollections Live { get; init; }

    /// <summary>Whether captured oplog entries are applied to what was staged.</summary>
    public bool HasOplog { get; init; }

    /// <summary>What is done, for people.</summary>
    public required IReadOnlyList<RestoreAction> Actions { get; init; }

    /// <summary>The target's databases, in ordinal order.</summary>
    public required IReadOnlyList<string> Databases { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
