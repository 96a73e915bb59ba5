namespace Traf3li.Backup.Engine.Schedules;

/// <summary>One of the five fields of a cron expression, read.</summary>
/// <param name="Rule">Which field it is.</param>
/// <param name="Values">What it allows, ascending.</param>
/// <param name="BeginsWithStar">Whether its text begins with <c>*</c>, which decides how the two day fields go together.</param>
internal sealed record CronField(CronFieldRule Rule, IReadOnlyList<int> Values, bool BeginsWithStar)
{
    /// <summary>Whether it allows everything.</summary>
    public bool IsAny => Values.Count == Rule.Count;
}
