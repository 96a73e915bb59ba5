using System.Globalization;
using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine.Tests.Retention;

/// <summary>Backups as facts, and what is decided about them as text.</summary>
internal static class Candidates
{
    public static readonly DateTime Now = Time("2026-11-23 12:00");

    public static DateTime Time(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    public static RetentionCandidate Create(
        string time, BackupType type = BackupType.Daily, CandidateState state = CandidateState.Good, BackupSource source = BackupSource.MongoDB) =>
        Create(Time(time), type, state, source);

    public static RetentionCandidate Create(
        DateTime time, BackupType type = BackupType.Daily, CandidateState state = CandidateState.Good, BackupSource source = BackupSource.MongoDB) => new()
    {
        Key = string.Create(CultureInfo.InvariantCulture, $"{source}-{type}-{time:yyyy-MM-ddTHH:mm:ss.fff}-{state}"),
        Source = source,
        Type = type,
        Environment = "production",
        Date = time,
        LastModified = time.AddMinutes(5),
        State = state,
        Size = 1000,
        IsVerified = true,
    };

    public static IReadOnlyList<RetentionVerdict> Decide(IEnumerable<RetentionCandidate> candidates, RetentionPolicy policy, RetentionSituation? situation = null) =>
        RetentionPlanner.Decide([.. candidates], policy, situation ?? new RetentionSituation(Now));

    /// <summary>One line a backup, newest first: date, type, decision, reasons.</summary>
    public static string Table(IEnumerable<RetentionVerdict> verdicts) => string.Join('\n', verdicts
        .OrderByDescending(item => item.Candidate.Date)
        .Select(item => string.Create(
            CultureInfo.InvariantCulture,
            $"{item.Candidate.Date:yyyy-MM-dd HH:mm} {item.Candidate.CountedType,-7} {item.Action,-6} {string.Join("; ", item.Reasons)}")));

    public static IReadOnlyList<RetentionCandidate> Kept(IEnumerable<RetentionVerdict> verdicts) =>
        [.. verdicts.Where(item => item.Action == RetentionAction.Keep).Select(item => item.Candidate)];
}
