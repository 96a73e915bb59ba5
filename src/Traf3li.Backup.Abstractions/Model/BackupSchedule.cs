namespace Traf3li.Backup;

/// <summary>A backup that is to be taken regularly, and when.</summary>
public sealed class BackupSchedule
{
    /// <summary>Its name: Daily, Weekly, Monthly, Yearly, Redis or Oplog.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of server.</summary>
    public required BackupSource Source { get; init; }

    /// <summary>The type of its backups; null where these have none of their own.</summary>
    public BackupType? Type { get; init; }

    /// <summary>The variable that sets it.</summary>
    public required string Setting { get; init; }

    /// <summary>The cron expression; null when it is switched off.</summary>
    public string? Expression { get; init; }

    /// <summary>The time zone whose clock it goes by.</summary>
    public required string TimeZone { get; init; }

    /// <summary>Whether it is expected to run: it is not switched off, and the server that it reads is set.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>The last time at which it was to run, UTC; null when it is switched off.</summary>
    public DateTime? PreviousRun { get; init; }

    /// <summary>The next time at which it is to run, UTC; null when it is switched off.</summary>
    public DateTime? NextRun { get; init; }

    /// <summary>The coming runs by the clock of the time zone.</summary>
    public IReadOnlyList<DateTimeOffset> Upcoming { get; init => field = Indexable.Of(value); } = [];

    /// <summary>The runs of the coming year that a change of the clock skips or doubles, in sentences.</summary>
    public IReadOnlyList<string> ClockChange { get; init => field = Indexable.Of(value); } = [];

    /// <summary>What else the user should know, such as why it does not run.</summary>
    public IReadOnlyList<string> Note { get; init => field = Indexable.Of(value); } = [];

    /// <inheritdoc />
    public override string ToString() => $"{Name}: {Expression ?? "off"}";
}
