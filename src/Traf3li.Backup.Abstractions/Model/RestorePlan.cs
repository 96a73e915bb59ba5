namespace Traf3li.Backup;

/// <summary>What a restore would do to its target: the result of <c>Restore-Traf3liBackup -WhatIf</c>, and what the prompt tells.</summary>
public sealed class RestorePlan
{
    /// <summary>The backup.</summary>
    public required BackupInfo Backup { get; init; }

    /// <summary>The target server.</summary>
    public required ServerFacts Server { get; init; }

    /// <summary>The databases that would be written, of Redis by their numbers.</summary>
    public required IReadOnlyList<string> Database { get; init => field = Indexable.Of(value); }

    /// <summary>What would be done, a namespace each, of Redis a database each.</summary>
    public required IReadOnlyList<RestoreAction> Action { get; init => field = Indexable.Of(value); }

    /// <summary>Whether live data would be replaced, dropped or added to.</summary>
    public bool TouchesLiveData => Action.Any(action => action.TouchesLiveData);

    /// <summary>The patterns that keys of Redis have to match; empty where all are restored.</summary>
    public IReadOnlyList<string> KeyPattern { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Documents now live that would be replaced or dropped, by the server's estimate.</summary>
    public long LiveDocumentCount => Action.Where(action => action.Kind is RestoreActionKind.Replace or RestoreActionKind.Drop).Sum(action => action.LiveCount ?? 0);

    /// <summary>The environment that other backups record the target host for, when it is not the backup's own; null when it is, or unknown.</summary>
    public string? HostEnvironment { get; init; }

    /// <summary>What the user should know before running it.</summary>
    public IReadOnlyList<string> Warning { get; init => field = Indexable.Of(value); } = [];
}
