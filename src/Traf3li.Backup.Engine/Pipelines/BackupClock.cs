namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Times as keys and manifests hold them.</summary>
internal static class BackupClock
{
    /// <summary>Now, UTC, to the millisecond.</summary>
    public static DateTime Now(TimeProvider time)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
    }

    /// <summary>Now, or <paramref name="start" /> where the clock was set back since: nothing ends before it begins.</summary>
    public static DateTime End(DateTime start, TimeProvider time) => Now(time) is var now && now > start ? now : start;
}
