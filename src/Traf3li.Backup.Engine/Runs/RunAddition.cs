namespace Traf3li.Backup.Engine.Runs;

/// <summary>What an observer adds to the record and the result of a run.</summary>
internal sealed record RunAddition
{
    /// <summary>Nothing.</summary>
    public static readonly RunAddition None = new();

    /// <summary>What became of notifications.</summary>
    public IReadOnlyList<NotificationResult> Notification { get; init; } = [];

    /// <summary>What became of copies.</summary>
    public IReadOnlyList<CopyResult> Copy { get; init; } = [];

    /// <summary>What the user should know; a good run becomes one with warnings by it.</summary>
    public IReadOnlyList<string> Warning { get; init; } = [];

    /// <summary>Both together.</summary>
    public RunAddition With(RunAddition other) => new()
    {
        Notification = [.. Notification, .. other.Notification],
        Copy = [.. Copy, .. other.Copy],
        Warning = [.. Warning, .. other.Warning],
    };
}
